// Candidate kernel, native: the same jobs, the same answers as kernel/candidates.as, kernel/near.as and
// kernel/scaling.as. One N-API file that needs nothing but memory.h; forms are compiled for their instruction sets and chosen when it is loaded.
//
// What JavaScript passes is not trusted: every place and length is checked against the memory, descriptors are copied first
// (other threads see the memory), and a row beyond its register is not read.
#include <cstring>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "memory.h"

namespace {

using vinculum::Memory;

// ---- Comparison of listed pairs, and of a row with rows -----------------------------------------------------------

constexpr uint32_t kMostSegments = 16;
constexpr uint32_t kTileRows = 512;

struct Segment {
  uint32_t a, b, words, weightsA, weightsB, thresholds, levels, stride, recordsA, recordsB, unused[6];
};

struct Comparison {
  const Memory &memory;
  Segment segments[kMostSegments];
  uint32_t count;
  uint32_t *counts;
  const uint8_t *keep;
  uint32_t vectors;
  uint32_t *kept;
};

/** Reads and checks the descriptors; false where something does not lie within the memory. */
bool readSegments(const Memory &memory, uint32_t first, uint32_t count, Comparison *comparison) {
  if (count < 1 || count > kMostSegments || !memory.holds(first, uint64_t{count} * 16, 4)) return false;
  std::memcpy(comparison->segments, memory.at<uint8_t>(first), count * sizeof(Segment));
  comparison->count = count;
  uint64_t vectors = 1;
  for (uint32_t s = 0; s < count; s++) {
    const Segment &segment = comparison->segments[s];
    const uint64_t words = segment.words, sums = 128 * words + 1;
    if (words < 1 || words > 1024 || words % 8 != 0 || segment.levels < 1 || segment.levels > 65536
        || !memory.holds(segment.a, segment.recordsA * words, 8) || !memory.holds(segment.b, segment.recordsB * words, 8)
        || !memory.holds(segment.weightsA, segment.recordsA, 2) || !memory.holds(segment.weightsB, segment.recordsB, 2)
        || !memory.holds(segment.thresholds, sums * (segment.levels - 1), 2)
        || segment.recordsA != comparison->segments[0].recordsA || segment.recordsB != comparison->segments[0].recordsB) {
      return false;
    }
    vectors += uint64_t{segment.levels} * segment.stride;
  }
  if (vectors > (uint64_t{1} << 31)) return false;
  comparison->vectors = static_cast<uint32_t>(vectors);
  return true;
}

inline uint32_t *note(const Comparison &comparison, uint32_t i, uint32_t j, uint32_t vector, uint32_t *kept) {
  comparison.counts[vector]++;
  if (!comparison.keep[vector]) return kept;
  kept[0] = i;
  kept[1] = j;
  kept[2] = vector;
  return kept + 3;
}

// ---- Likeness to references ----------------------------------------------------------------------------------------

constexpr uint32_t kRowsTogether = 8;
constexpr uint32_t kMostReferences = 4096;

struct Likeness {
  uint32_t filters, words, weights, from, to, references, length, means;
};

struct Reference {
  uint32_t filter, weight;
};

/** The four highest similarities to one half of the references, highest first. */
struct Nearest {
  double similarities[4] = {-1, -1, -1, -1};

  void insert(double similarity) {
    int place = 3;
    for (; place > 0 && similarity > similarities[place - 1]; place--) similarities[place] = similarities[place - 1];
    similarities[place] = similarity;
  }
  /** The highest may be the row's own match. */
  float mean() const { return static_cast<float>((similarities[1] + similarities[2] + similarities[3]) / 3); }
};

/** Copies the references; false where something does not lie within the memory. */
bool readReferences(const Memory &memory, const Likeness &job, Reference *references) {
  if (job.words < 1 || job.words > 1024 || job.words % 8 != 0 || job.from > job.to || job.length > kMostReferences
      || !memory.holds(job.filters, uint64_t{job.to} * job.words, 8) || !memory.holds(job.weights, job.to, 2)
      || !memory.holds(job.references, job.length, 8) || !memory.holds(job.means, 2 * uint64_t{job.to}, 4)) {
    return false;
  }
  std::memcpy(references, memory.at<uint8_t>(job.references), job.length * sizeof(Reference));
  for (uint32_t k = 0; k < job.length; k++) if (!memory.holds(references[k].filter, job.words, 8)) return false;
  return true;
}

// ---- Forms of both -------------------------------------------------------------------------------------------------

constexpr uint32_t kAhead = 8;

__attribute__((always_inline)) inline void touch(const Comparison &comparison, size_t i, size_t j) {
  for (uint32_t s = 0; s < comparison.count; s++) {
    const Segment &segment = comparison.segments[s];
    const uint64_t *a = comparison.memory.at<uint64_t>(segment.a) + i * segment.words;
    const uint64_t *b = comparison.memory.at<uint64_t>(segment.b) + j * segment.words;
    for (uint32_t w = 0; w < segment.words; w += 8) {
      __builtin_prefetch(a + w);
      __builtin_prefetch(b + w);
    }
  }
}

/** Ones that two filters of `words` words (a multiple of 8) have in common. */
__attribute__((always_inline)) inline uint32_t commonByWord(const uint64_t *a, const uint64_t *b, uint32_t words) {
  uint64_t count = 0;
  for (uint32_t w = 0; w < words; w += 4) {
    count += __builtin_popcountll(a[w] & b[w]) + __builtin_popcountll(a[w + 1] & b[w + 1])
        + __builtin_popcountll(a[w + 2] & b[w + 2]) + __builtin_popcountll(a[w + 3] & b[w + 3]);
  }
  return static_cast<uint32_t>(count);
}

__attribute__((always_inline)) inline uint32_t reachedOneByOne(const uint16_t *least, uint32_t cuts, uint32_t count) {
  uint32_t reached = 0;
  while (reached + 8 <= cuts && count >= least[reached + 7]) reached += 8;
  while (reached < cuts && count >= least[reached]) reached++;
  return reached;
}

namespace portable {
#define FORM_TARGET
#define COMMON commonByWord
#define REACHED reachedOneByOne
#include "comparison.inc"
#undef FORM_TARGET
}  // namespace portable

#if defined(__x86_64__)
#define AVX512_FEATURES "avx512f,avx512bw,avx512vl,avx512dq,avx2,popcnt"

namespace popcnt {
#define FORM_TARGET TARGET("popcnt")
#include "comparison.inc"
#undef FORM_TARGET
#undef COMMON
#undef REACHED
}  // namespace popcnt

TARGET(AVX512_FEATURES) __attribute__((always_inline)) inline uint32_t commonByAvx512(
    const uint64_t *a, const uint64_t *b, uint32_t words) {
  const __m512i low = _mm512_set1_epi8(15);
  const __m512i table = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  __m512i sum = _mm512_setzero_si512();
  for (uint32_t w = 0; w < words; w += 8) {
    const __m512i bits = _mm512_and_si512(_mm512_loadu_si512(a + w), _mm512_loadu_si512(b + w));
    const __m512i bytes = _mm512_add_epi8(
        _mm512_shuffle_epi8(table, _mm512_and_si512(bits, low)),
        _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(bits, 4), low)));
    sum = _mm512_add_epi64(sum, _mm512_sad_epu8(bytes, _mm512_setzero_si512()));
  }
  return static_cast<uint32_t>(_mm512_reduce_add_epi64(sum));
}

/** 32 thresholds at once: the levels of neighbouring pairs differ, and a branch on them is mostly mispredicted. */
TARGET(AVX512_FEATURES) __attribute__((always_inline)) inline uint32_t reachedByAvx512(
    const uint16_t *least, uint32_t cuts, uint32_t count) {
  const __m512i counts = _mm512_set1_epi16(static_cast<int16_t>(count < 65535 ? count : 65535));
  uint32_t reached = 0;
  for (uint32_t cut = 0; cut < cuts; cut += 32) {
    const __mmask32 some = cuts - cut < 32 ? (1u << (cuts - cut)) - 1 : ~0u;
    const __m512i thresholds = _mm512_maskz_loadu_epi16(some, least + cut);
    reached += __builtin_popcount(_mm512_mask_cmple_epu16_mask(some, thresholds, counts));
  }
  return reached;
}

namespace avx512 {
#define FORM_TARGET TARGET(AVX512_FEATURES)
#define COMMON commonByAvx512
#define REACHED reachedByAvx512
#include "comparison.inc"
#undef FORM_TARGET
#undef COMMON
#undef REACHED
}  // namespace avx512
#endif  // __x86_64__

// ---- Near pairs in the buckets of a table --------------------------------------------------------------------------

constexpr uint32_t kBlockRows = 512;
constexpr uint32_t kLineWords = 8;
constexpr uint32_t kHalf = 256;
constexpr int kPlanes = 10;
/** A smaller block is looked at row by row: turning it into columns would cost more. */
constexpr uint32_t kLeastRows = 40;

struct NearJob {
  uint32_t a, b, rowBytes, keysA, rowsA, lengthA, keysB, rowsB, lengthB, within, mostPairs, mostInHalf, mostInLine,
      line, lines, pairs, capacity, budget, hashesA, placeA, placeB, block, row, state, endA, endB, looked, hashesB;
};

enum State : uint32_t { kMore, kDone, kOversized };

/** The first half of the lines of a block, column by column: bit r of word r / 64 is row r. */
struct Columns {
  /** One more column of zeros. */
  alignas(64) uint64_t bits[kHalf + 1][kBlockRows / 64];
  /** 512 - weight of each row, plane by plane. */
  alignas(64) uint64_t rest[kPlanes][kBlockRows / 64];
};

/** Eight words, that an instruction set works on as far as it can. */
typedef uint64_t Words __attribute__((vector_size(64)));

/** Turns 64 rows of 64 bits around, eight such squares at once (Warren, Hacker's Delight, section 7-3). */
__attribute__((always_inline)) inline void turn(Words *rows) {
  uint64_t mask = 0x00000000ffffffffULL;
#pragma GCC unroll 6
  for (int shift = 32; shift != 0; shift >>= 1, mask ^= mask << shift) {
    for (int from = 0; from < 64; from += 2 * shift) {
      for (int k = from; k < from + shift; k++) {
        const Words swapped = ((rows[k] >> shift) ^ rows[k + shift]) & mask;
        rows[k] ^= swapped << shift;
        rows[k + shift] ^= swapped;
      }
    }
  }
}

__attribute__((always_inline)) inline void columnsOf(
    const uint64_t (*lines)[kLineWords], uint32_t rows, Columns *columns) {
  for (uint32_t group = 0; group < kBlockRows / 64; group++) {
    if (group * 64 >= rows) break;
    const uint32_t present = rows - group * 64 < 64 ? rows - group * 64 : 64;
    // Of each row the first half of its line, and what its weight leaves: the fifth square gives the planes.
    alignas(64) uint64_t square[64][kLineWords];
    for (uint32_t r = 0; r < present; r++) {
      const uint64_t *line = lines[group * 64 + r];
      std::memcpy(square[r], line, sizeof square[r]);
      square[r][kHalf / 64] = 512 - (__builtin_popcountll(line[0]) + __builtin_popcountll(line[1])
          + __builtin_popcountll(line[2]) + __builtin_popcountll(line[3]));
    }
    if (present < 64) std::memset(square[present], 0, (64 - present) * sizeof square[0]);
    turn(reinterpret_cast<Words *>(square));
    for (int plane = 0; plane < kPlanes; plane++) columns->rest[plane][group] = square[plane][kHalf / 64];
    for (uint32_t w = 0; w < kHalf / 64; w++) {
      for (uint32_t c = 0; c < 64; c++) columns->bits[w * 64 + c][group] = square[c][w];
    }
  }
}

/** Rows of A as the places of their ones in `Columns`; behind them 16 places of zeros. Returns how many ones there are. */
inline uint32_t listOnes(const uint64_t *line, uint32_t *ones) {
  uint32_t count = 0;
  for (uint32_t w = 0; w < 4; w++) {
    for (uint64_t word = line[w]; word != 0; word &= word - 1) {
      ones[count++] = (w * 64 + static_cast<uint32_t>(__builtin_ctzll(word))) * (kBlockRows / 64);
    }
  }
  return count;
}

using Scan = void (*)(const Columns &, uint32_t, const uint32_t *, uint32_t, int64_t, uint64_t *);
using ListOnes = uint32_t (*)(const uint64_t *, uint32_t *);

#if defined(__x86_64__)

namespace avx2 {
#define FEATURES "avx2,popcnt"
#define V __m256i
#define LOAD(place) _mm256_load_si256(reinterpret_cast<const __m256i *>(place))
#define STORE(place, value) _mm256_storeu_si256(reinterpret_cast<__m256i *>(place), value)
#define ALL(bit) _mm256_set1_epi64x((bit) ? -1 : 0)
#define AND(x, y) _mm256_and_si256(x, y)
#define XOR(x, y) _mm256_xor_si256(x, y)
#define ODD(x, y, z) XOR(XOR(x, y), z)
#define MAJORITY(x, y, z) _mm256_or_si256(AND(x, y), AND(XOR(x, y), z))
#include "near-scan.inc"
#undef FEATURES
#undef ODD
#undef MAJORITY
}  // namespace avx2

namespace avx512half {
#define FEATURES AVX512_FEATURES
#define ODD(x, y, z) _mm256_ternarylogic_epi64(x, y, z, 0x96)
#define MAJORITY(x, y, z) _mm256_ternarylogic_epi64(x, y, z, 0xe8)
#include "near-scan.inc"
#undef V
#undef LOAD
#undef STORE
#undef ALL
#undef AND
#undef XOR
#undef ODD
#undef MAJORITY
}  // namespace avx512half

namespace avx512 {
#define V __m512i
#define LOAD(place) _mm512_load_si512(place)
#define STORE(place, value) _mm512_storeu_si512(place, value)
#define ALL(bit) _mm512_set1_epi64((bit) ? -1 : 0)
#define AND(x, y) _mm512_and_si512(x, y)
#define XOR(x, y) _mm512_xor_si512(x, y)
#define ODD(x, y, z) _mm512_ternarylogic_epi64(x, y, z, 0x96)
#define MAJORITY(x, y, z) _mm512_ternarylogic_epi64(x, y, z, 0xe8)
#include "near-scan.inc"
#undef V
#undef LOAD
#undef STORE
#undef ALL
#undef AND
#undef XOR
#undef ODD
#undef MAJORITY
#undef FEATURES
}  // namespace avx512

TARGET(AVX512_FEATURES) uint32_t listOnesByAvx512(const uint64_t *line, uint32_t *ones) {
  const __m512i step = _mm512_set1_epi32(16 * (kBlockRows / 64));
  __m512i places = _mm512_mullo_epi32(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
      _mm512_set1_epi32(kBlockRows / 64));
  uint32_t count = 0;
  for (uint32_t w = 0; w < 4; w++) {
    const uint64_t word = line[w];
    for (uint32_t shift = 0; shift < 64; shift += 16) {
      const __mmask16 mask = static_cast<__mmask16>(word >> shift);
      // All 16 are written, those behind the ones are written over: faster than a masked store.
      _mm512_storeu_si512(ones + count, _mm512_maskz_compress_epi32(mask, places));
      count += static_cast<uint32_t>(__builtin_popcount(mask));
      places = _mm512_add_epi32(places, step);
    }
  }
  return count;
}

#endif  // __x86_64__

/** How a form looks at one row and a block: in vectors of 256 rows, of 512 where there are, or word by word. */
struct Scans {
  Scan of256, of512;
  ListOnes ones;
};

struct Bucket {
  const Memory &memory;
  const NearJob &job;
  const uint32_t *rowsA, *rowsB;
  uint64_t (*lines)[kLineWords];
  Columns *columns;
  Scans scans;
};

__attribute__((always_inline)) inline uint64_t differing(const uint64_t *a, const uint64_t *b) {
  return __builtin_popcountll(a[0] ^ b[0]) + __builtin_popcountll(a[1] ^ b[1]) + __builtin_popcountll(a[2] ^ b[2])
      + __builtin_popcountll(a[3] ^ b[3]);
}

inline uint32_t *writePair(uint32_t i, uint32_t j, uint32_t *pairs) {
  pairs[0] = i;
  pairs[1] = j;
  return pairs + 2;
}

/** Rows of one hash share a bucket of the `equal` table, and come from there. */
inline bool haveOneHash(const Bucket &bucket, uint32_t i, uint32_t j) {
  const uint64_t ofA = bucket.job.hashesA + 4 * uint64_t{i}, ofB = bucket.job.hashesB + 4 * uint64_t{j};
  return bucket.memory.holds(ofA, 1, 4) && bucket.memory.holds(ofB, 1, 4)
      && *bucket.memory.at<uint32_t>(ofA) == *bucket.memory.at<uint32_t>(ofB);
}

/** Row `r` of the block if the whole line is near, and the pair is none that comes otherwise. */
__attribute__((always_inline)) inline uint32_t *noteNear(
    const Bucket &bucket, uint32_t i, uint32_t j, const uint64_t *a, const uint64_t *b, uint64_t inHalf, uint32_t *pairs) {
  const NearJob &job = bucket.job;
  const uint64_t inLine = inHalf + differing(a + 4, b + 4);
  if (inLine > job.mostInLine || (job.within && j <= i)) return pairs;
  if (inLine == 0 && haveOneHash(bucket, i, j)) return pairs;
  return writePair(i, j, pairs);
}

__attribute__((always_inline)) inline uint32_t *nearByWord(
    const Bucket &bucket, uint32_t i, const uint64_t *a, const uint32_t *rowsB, uint32_t rows, uint32_t *pairs) {
  for (uint32_t r = 0; r < rows; r++) {
    const uint64_t inHalf = differing(a, bucket.lines[r]);
    if (inHalf <= bucket.job.mostInHalf) pairs = noteNear(bucket, i, rowsB[r], a, bucket.lines[r], inHalf, pairs);
  }
  return pairs;
}

/** Lists the ones of `rows` bits: four at a time, whether there are four or not, which no branch has to tell. */
__attribute__((always_inline)) inline uint32_t listRows(const uint64_t *bits, uint32_t rows, uint32_t *listed) {
  uint32_t length = 0;
  for (uint32_t from = 0; from < rows; from += 64) {
    uint64_t word = bits[from / 64];
    if (rows - from < 64) word &= (uint64_t{1} << (rows - from)) - 1;
    const uint32_t end = length + static_cast<uint32_t>(__builtin_popcountll(word));
    for (; length < end; length += 4) {
      for (uint32_t k = 0; k < 4; k++) {
        // The highest bit stands in where none is left.
        listed[length + k] = from + static_cast<uint32_t>(__builtin_ctzll(word | (uint64_t{1} << 63)));
        word &= word - 1;
      }
    }
    length = end;
  }
  return length;
}

__attribute__((always_inline)) inline uint32_t *nearByColumn(
    const Bucket &bucket, uint32_t i, const uint64_t *a, const uint32_t *rowsB, uint32_t rows, uint32_t *pairs) {
  alignas(64) uint32_t ones[kHalf + 16];
  uint32_t count = bucket.scans.ones(a, ones);
  // Differing <= most, where differing = |a| + |b| - 2 common, and the sums begin with 512 - |b|.
  const int64_t need = int64_t{512} + count - bucket.job.mostInHalf;
  if (need > 1023) return pairs;
  while (count % 16 != 0) ones[count++] = kHalf * (kBlockRows / 64);
  alignas(64) uint64_t reached[kBlockRows / 64] = {};
  if (need <= 0) {
    std::memset(reached, 255, sizeof reached);
  } else if (rows > 256 && bucket.scans.of512) {
    bucket.scans.of512(*bucket.columns, 0, ones, count, need, reached);
  } else {
    for (uint32_t first = 0; first < rows; first += 256) {
      bucket.scans.of256(*bucket.columns, first / 64, ones, count, need, reached + first / 64);
    }
  }
  uint32_t passed[kBlockRows + 4];
  const uint32_t length = listRows(reached, rows, passed);
  const uint32_t least = bucket.job.within ? i + 1 : 0;
  for (uint32_t k = 0; k < length; k++) {
    const uint32_t r = passed[k], j = rowsB[r];
    const uint64_t *b = bucket.lines[r];
    const uint64_t inLine = differing(a, b) + differing(a + 4, b + 4);
    if (inLine == 0) {
      if (j >= least && !haveOneHash(bucket, i, j)) pairs = writePair(i, j, pairs);
      continue;
    }
    // Most are not near, which no branch foretells: a pair is written at any rate, and written over.
    pairs[0] = i;
    pairs[1] = j;
    pairs += 2 * ((inLine <= bucket.job.mostInLine) & (j >= least));
  }
  return pairs;
}

inline uint32_t endOfRun(const uint32_t *keys, uint32_t length, uint32_t start) {
  uint32_t end = start + 1;
  while (end < length && keys[end] == keys[start]) end++;
  return end;
}

bool isNearJob(const Memory &memory, const NearJob &job) {
  return job.rowBytes >= 64 && job.rowBytes % 64 == 0 && job.line % 64 == 0 && job.line <= job.rowBytes - 64
      && job.a % 8 == 0 && job.b % 8 == 0 && job.mostInHalf <= 512 && job.mostInLine <= 512
      && memory.holds(job.keysA, job.lengthA, 4) && memory.holds(job.rowsA, job.lengthA, 4)
      && memory.holds(job.keysB, job.lengthB, 4) && memory.holds(job.rowsB, job.lengthB, 4)
      && memory.holds(job.lines, kBlockRows * kLineWords, 8) && memory.holds(job.pairs, job.capacity, 8)
      && job.placeA <= job.lengthA && job.placeB <= job.lengthB;
}

bool holdsRow(const Memory &memory, uint32_t filters, uint32_t row, uint32_t rowBytes) {
  return filters + (uint64_t{row} + 1) * rowBytes <= memory.length;
}

constexpr uint32_t kRowsAhead = 24;

__attribute__((always_inline)) inline void touchLine(
    const Memory &memory, uint32_t filters, const NearJob &job, const uint32_t *rows, uint32_t length, uint32_t place) {
  if (place < length) __builtin_prefetch(memory.bytes + filters + uint64_t{rows[place]} * job.rowBytes + job.line);
}

/** Copies the lines of the rows of a block; false where one lies outside the memory. */
__attribute__((always_inline)) inline bool copyLines(const Bucket &bucket, uint32_t from, uint32_t rows) {
  const NearJob &job = bucket.job;
  for (uint32_t k = 0; k < rows; k++) {
    touchLine(bucket.memory, job.b, job, bucket.rowsB, job.lengthB, from + k + kRowsAhead);
    if (!holdsRow(bucket.memory, job.b, bucket.rowsB[from + k], job.rowBytes)) return false;
    std::memcpy(bucket.lines[k],
        bucket.memory.at<uint8_t>(job.b + uint64_t{bucket.rowsB[from + k]} * job.rowBytes + job.line), 64);
  }
  return true;
}

/** Pairs written, or -1 when something does not lie within the memory. */
__attribute__((always_inline)) inline int64_t joinNear(const Memory &memory, uint32_t at, Scans scans) {
  NearJob job;
  if (!memory.holds(at, sizeof job / 4, 4)) return -1;
  std::memcpy(&job, memory.at<uint8_t>(at), sizeof job);
  if (!isNearJob(memory, job)) return -1;
  const uint32_t *keysA = memory.at<uint32_t>(job.keysA), *keysB = memory.at<uint32_t>(job.keysB);
  Columns columns;
  std::memset(columns.bits[kHalf], 0, sizeof columns.bits[kHalf]);
  const Bucket bucket{memory, job, memory.at<uint32_t>(job.rowsA), memory.at<uint32_t>(job.rowsB),
      memory.at<uint64_t[kLineWords]>(job.lines), &columns, scans};
  uint32_t *const start = memory.at<uint32_t>(job.pairs), *const end = start + 2 * uint64_t{job.capacity};
  uint32_t *pairs = start;
  uint32_t placeA = job.placeA, placeB = job.placeB, block = job.block, row = job.row, looked = 0;
  uint32_t state = kDone, endA = 0, endB = 0;
  while (placeA < job.lengthA && placeB < job.lengthB) {
    if (keysA[placeA] != keysB[placeB]) {
      if (keysA[placeA] < keysB[placeB]) placeA = endOfRun(keysA, job.lengthA, placeA);
      else placeB = endOfRun(keysB, job.lengthB, placeB);
      continue;
    }
    endA = endOfRun(keysA, job.lengthA, placeA);
    endB = endOfRun(keysB, job.lengthB, placeB);
    const uint64_t ofA = endA - placeA, ofB = endB - placeB;
    if ((job.within ? ofA * (ofA - 1) / 2 : ofA * ofB) > job.mostPairs) {
      state = kOversized;
      block = row = 0;
      goto out;
    }
    for (; block < ofB; block += kBlockRows) {
      const uint32_t from = placeB + block, rows = ofB - block < kBlockRows ? ofB - block : kBlockRows;
      if (!copyLines(bucket, from, rows)) return -1;
      const bool byColumn = scans.of256 && rows >= kLeastRows && ofA - row >= 8;
      if (byColumn) columnsOf(bucket.lines, rows, &columns);
      for (; row < ofA; row++) {
        if (static_cast<uint64_t>(end - pairs) < 2 * uint64_t{rows} || looked >= job.budget) {
          state = kMore;
          goto out;
        }
        touchLine(memory, job.a, job, bucket.rowsA, job.lengthA, placeA + row + kRowsAhead);
        // Those that are copied next: mostly as many as there are rows of A here.
        touchLine(memory, job.b, job, bucket.rowsB, job.lengthB, from + rows + row);
        const uint32_t i = bucket.rowsA[placeA + row];
        if (!holdsRow(memory, job.a, i, job.rowBytes)) return -1;
        const uint64_t *a = memory.at<uint64_t>(job.a + uint64_t{i} * job.rowBytes + job.line);
        pairs = byColumn ? nearByColumn(bucket, i, a, bucket.rowsB + from, rows, pairs)
                         : nearByWord(bucket, i, a, bucket.rowsB + from, rows, pairs);
        looked += rows;
      }
      row = 0;
    }
    block = 0;
    placeA = endA;
    placeB = endB;
  }
out:
  const uint32_t says[] = {placeA, placeB, block, row, state, endA, endB, looked};
  std::memcpy(memory.at<uint8_t>(at + offsetof(NearJob, placeA)), says, sizeof says);
  return (pairs - start) / 2;
}

// ---- Sorting -------------------------------------------------------------------------------------------------------

constexpr int kDigitBits = 11;
constexpr uint32_t kDigits = 1 << kDigitBits;

struct SortedRows {
  uint32_t *keys, *rows;
};

int64_t sortRows(const Memory &memory, const uint32_t *given) {
  const uint32_t records = given[2], bits = given[3];
  if (!memory.holds(given[0], records, 4) || !memory.holds(given[1], records, 2) || bits > 32 || bits < 1) return -1;
  for (int k = 4; k < 8; k++) if (!memory.holds(given[k], records, 4)) return -1;
  const uint32_t *keys = memory.at<uint32_t>(given[0]);
  const uint16_t *weights = memory.at<uint16_t>(given[1]);
  const SortedRows sorted{memory.at<uint32_t>(given[4]), memory.at<uint32_t>(given[5])};
  const SortedRows spare{memory.at<uint32_t>(given[6]), memory.at<uint32_t>(given[7])};
  const int passes = (static_cast<int>(bits) + kDigitBits - 1) / kDigitBits;
  SortedRows to = passes % 2 ? spare : sorted;
  uint32_t present = 0;
  for (uint32_t row = 0; row < records; row++) {
    to.keys[present] = keys[row];
    to.rows[present] = row;
    present += weights[row] != 0;
  }
  for (int pass = 0; pass < passes; pass++) {
    const SortedRows from = to;
    to = from.keys == spare.keys ? sorted : spare;
    const int shift = pass * kDigitBits;
    uint32_t starts[kDigits + 1] = {};
    for (uint32_t k = 0; k < present; k++) starts[((from.keys[k] >> shift) & (kDigits - 1)) + 1]++;
    for (uint32_t digit = 0; digit < kDigits; digit++) starts[digit + 1] += starts[digit];
    for (uint32_t k = 0; k < present; k++) {
      // Another thread may write what it should not: a place is bounded by the count of this very pass.
      uint32_t &start = starts[(from.keys[k] >> shift) & (kDigits - 1)];
      const uint32_t place = start < present ? start : present - 1;
      start++;
      to.keys[place] = from.keys[k];
      to.rows[place] = from.rows[k];
    }
  }
  return present;
}

/** The columns of a key, in the lines of a row that they lie in. */
struct KeyColumns {
  uint32_t bytes[32], shifts[32], width;
  /** First bytes of the lines. */
  uint32_t lines[32], lineCount;
};

using GatherKeys = void (*)(const uint8_t *, size_t, uint32_t, const KeyColumns &, uint32_t *);

/** Rows that are asked for before their key is read. */
constexpr uint32_t kKeysAhead = 16;

__attribute__((always_inline)) inline void touchKey(const uint8_t *row, size_t rowBytes, const KeyColumns &columns) {
  for (uint32_t l = 0; l < columns.lineCount; l++) {
    __builtin_prefetch(row + kKeysAhead * rowBytes + columns.lines[l]);
  }
}

void keysByColumn(const uint8_t *row, size_t rowBytes, uint32_t records, const KeyColumns &columns, uint32_t *keys) {
  for (uint32_t r = 0; r < records; r++, row += rowBytes) {
    touchKey(row, rowBytes, columns);
    uint32_t key = 0;
    for (uint32_t c = 0; c < columns.width; c++) {
      key = (key << 1) | ((row[columns.bytes[c]] >> columns.shifts[c]) & 1u);
    }
    keys[r] = key;
  }
}

#if defined(__x86_64__)
/** All columns of a line at once: the words that they lie in are brought together, and tested. */
TARGET(AVX512_FEATURES) void keysByAvx512(
    const uint8_t *row, size_t rowBytes, uint32_t records, const KeyColumns &columns, uint32_t *keys) {
  __m512i places[32], tested[32];
  for (uint32_t l = 0; l < columns.lineCount; l++) {
    alignas(64) uint16_t place[32] = {}, bit[32] = {};
    for (uint32_t c = 0; c < columns.width; c++) {
      const uint32_t byte = columns.bytes[c] - columns.lines[l];
      if (byte >= 64) continue;
      // The first column is the most significant bit.
      place[columns.width - 1 - c] = static_cast<uint16_t>(byte / 2);
      bit[columns.width - 1 - c] = static_cast<uint16_t>(1u << (byte % 2 * 8 + columns.shifts[c]));
    }
    places[l] = _mm512_load_si512(place);
    tested[l] = _mm512_load_si512(bit);
  }
  for (uint32_t r = 0; r < records; r++, row += rowBytes) {
    touchKey(row, rowBytes, columns);
    uint32_t key = 0;
    for (uint32_t l = 0; l < columns.lineCount; l++) {
      const __m512i words = _mm512_permutexvar_epi16(places[l], _mm512_loadu_si512(row + columns.lines[l]));
      key |= _mm512_test_epi16_mask(words, tested[l]);
    }
    keys[r] = key;
  }
}
#endif  // __x86_64__

/** Key of each filter: its bits in the listed columns (byte and shift), the first one most significant. */
int64_t gatherKeys(const Memory &memory, const uint32_t *given, GatherKeys gather) {
  const uint32_t words = given[1], records = given[2], width = given[4];
  if (words < 1 || words % kLineWords != 0 || width > 32 || !memory.holds(given[0], uint64_t{words} * records, 8)
      || !memory.holds(given[3], 2 * uint64_t{width}, 4) || !memory.holds(given[5], records, 4)) {
    return -1;
  }
  KeyColumns columns = {};
  columns.width = width;
  const uint32_t *listed = memory.at<uint32_t>(given[3]);
  for (uint32_t c = 0; c < width; c++) {
    columns.bytes[c] = listed[2 * c];
    columns.shifts[c] = listed[2 * c + 1];
    if (columns.bytes[c] >= words * 8 || columns.shifts[c] > 7) return -1;
    const uint32_t line = columns.bytes[c] / 64 * 64;
    uint32_t known = 0;
    while (known < columns.lineCount && columns.lines[known] != line) known++;
    if (known == columns.lineCount) columns.lines[columns.lineCount++] = line;
  }
  gather(memory.at<uint8_t>(given[0]), size_t{words} * 8, records, columns, memory.at<uint32_t>(given[5]));
  return records;
}

// ---- Forms ---------------------------------------------------------------------------------------------------------

int64_t nearPortably(const Memory &memory, uint32_t job) { return joinNear(memory, job, {nullptr, nullptr, nullptr}); }

#if defined(__x86_64__)
TARGET("popcnt") int64_t nearByPopcnt(const Memory &memory, uint32_t job) {
  return joinNear(memory, job, {nullptr, nullptr, nullptr});
}

TARGET("avx2,popcnt") int64_t nearByAvx2(const Memory &memory, uint32_t job) {
  return joinNear(memory, job, {avx2::scan, nullptr, listOnes});
}

TARGET(AVX512_FEATURES) int64_t nearByAvx512(const Memory &memory, uint32_t job) {
  return joinNear(memory, job, {avx512half::scan, avx512::scan, listOnesByAvx512});
}
#endif

struct Form {
  const char *name;
  uint32_t (*pairs)(const Comparison &, const uint32_t *, uint32_t);
  uint32_t (*row)(const Comparison &, uint32_t, uint32_t, uint32_t);
  int64_t (*near)(const Memory &, uint32_t);
  void (*nearest)(const Memory &, const Likeness &, const Reference *);
  GatherKeys keys;
};

Form forms[4];
uint32_t formCount = 0;

/** The forms that this processor (and its operating system) can run, the fastest first. */
void chooseForms() {
  formCount = 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool popcnt = __builtin_cpu_supports("popcnt"), avx2 = popcnt && __builtin_cpu_supports("avx2");
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
      && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
    forms[formCount++] = {"avx512", avx512::pairs, avx512::row, nearByAvx512, avx512::nearest, keysByAvx512};
  }
  if (avx2) forms[formCount++] = {"avx2", popcnt::pairs, popcnt::row, nearByAvx2, popcnt::nearest, keysByColumn};
  if (popcnt) forms[formCount++] = {"popcnt", popcnt::pairs, popcnt::row, nearByPopcnt, popcnt::nearest, keysByColumn};
#endif
  forms[formCount++] = {"portable", portable::pairs, portable::row, nearPortably, portable::nearest, keysByColumn};
}

// ---- What JavaScript calls -----------------------------------------------------------------------------------------

bool readResults(const Memory &memory, Comparison *comparison, uint32_t counts, uint32_t keep, uint32_t kept,
    uint64_t mostKept) {
  if (!memory.holds(counts, comparison->vectors, 4) || !memory.holds(keep, comparison->vectors, 1)
      || !memory.holds(kept, 3 * mostKept, 4)) {
    return false;
  }
  comparison->counts = memory.at<uint32_t>(counts);
  comparison->keep = memory.at<uint8_t>(keep);
  comparison->kept = memory.at<uint32_t>(kept);
  return true;
}

const char *const kOutside = "what is to be compared does not lie within the memory";
const char *const kNotNumbers = "expected a form, a Uint8Array that begins at a multiple of 8, and numbers from 0 to 2^32 - 1";

/** verifyPairs(form, memory, descriptors, segments, pairs, length, counts, keep, kept): number of pairs kept. */
napi_value verifyPairsOfJs(napi_env env, napi_callback_info info) {
  Memory memory;
  uint32_t n[8];
  if (!vinculum::readArguments(env, info, &memory, n, 8) || n[0] >= formCount) return vinculum::refuse(env, kNotNumbers);
  Comparison comparison{memory, {}, 0, nullptr, nullptr, 0, nullptr};
  if (!readSegments(memory, n[1], n[2], &comparison) || !memory.holds(n[3], n[4], 8)
      || !readResults(memory, &comparison, n[5], n[6], n[7], n[4])) {
    return vinculum::refuse(env, kOutside);
  }
  return vinculum::answer(env, forms[n[0]].pairs(comparison, memory.at<uint32_t>(n[3]), n[4]));
}

/** verifyRow(form, memory, descriptors, segments, i, from, to, counts, keep, kept): number of pairs kept. */
napi_value verifyRowOfJs(napi_env env, napi_callback_info info) {
  Memory memory;
  uint32_t n[9];
  if (!vinculum::readArguments(env, info, &memory, n, 9) || n[0] >= formCount) return vinculum::refuse(env, kNotNumbers);
  Comparison comparison{memory, {}, 0, nullptr, nullptr, 0, nullptr};
  if (!readSegments(memory, n[1], n[2], &comparison) || n[3] >= comparison.segments[0].recordsA || n[4] > n[5]
      || n[5] > comparison.segments[0].recordsB || n[5] - n[4] > kTileRows
      || !readResults(memory, &comparison, n[6], n[7], n[8], n[5] - n[4])) {
    return vinculum::refuse(env, kOutside);
  }
  return vinculum::answer(env, forms[n[0]].row(comparison, n[3], n[4], n[5]));
}

/** joinNear(form, memory, job): number of pairs written. */
napi_value joinNearOfJs(napi_env env, napi_callback_info info) {
  Memory memory;
  uint32_t n[2];
  if (!vinculum::readArguments(env, info, &memory, n, 2) || n[0] >= formCount) return vinculum::refuse(env, kNotNumbers);
  const int64_t pairs = forms[n[0]].near(memory, n[1]);
  return pairs < 0 ? vinculum::refuse(env, kOutside) : vinculum::answer(env, pairs);
}

/** sortRows(form, memory, keys, weights, records, bits, sortedKeys, sortedRows, spareKeys, spareRows): rows present. */
napi_value sortRowsOfJs(napi_env env, napi_callback_info info) {
  Memory memory;
  uint32_t n[9];
  if (!vinculum::readArguments(env, info, &memory, n, 9)) return vinculum::refuse(env, kNotNumbers);
  const int64_t present = sortRows(memory, n + 1);
  return present < 0 ? vinculum::refuse(env, kOutside) : vinculum::answer(env, present);
}

/** gatherKeys(form, memory, filters, words, records, columns, width, keys): number of records. */
napi_value gatherKeysOfJs(napi_env env, napi_callback_info info) {
  Memory memory;
  uint32_t n[7];
  if (!vinculum::readArguments(env, info, &memory, n, 7) || n[0] >= formCount) return vinculum::refuse(env, kNotNumbers);
  const int64_t records = gatherKeys(memory, n + 1, forms[n[0]].keys);
  return records < 0 ? vinculum::refuse(env, kOutside) : vinculum::answer(env, records);
}

/** nearestReferences(form, memory, filters, words, weights, from, to, references, length, means): number of rows. */
napi_value nearestReferencesOfJs(napi_env env, napi_callback_info info) {
  Memory memory;
  uint32_t n[9];
  if (!vinculum::readArguments(env, info, &memory, n, 9) || n[0] >= formCount) return vinculum::refuse(env, kNotNumbers);
  const Likeness job{n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8]};
  static thread_local Reference references[kMostReferences];
  if (!readReferences(memory, job, references)) return vinculum::refuse(env, kOutside);
  forms[n[0]].nearest(memory, job, references);
  return vinculum::answer(env, job.to - job.from);
}

/**
 * largePages(form, memory): asks for pages of 2 MiB, so that rows here and there cost no walk through the page table
 * each. Says whether that was granted; where it is not, all is as it was.
 */
napi_value largePagesOfJs(napi_env env, napi_callback_info info) {
  Memory memory;
  uint32_t n[1];
  if (!vinculum::readArguments(env, info, &memory, n, 1)) return vinculum::refuse(env, kNotNumbers);
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  const uintptr_t page = 4096, first = reinterpret_cast<uintptr_t>(memory.bytes);
  const bool granted = first % page == 0 && madvise(memory.bytes, memory.length, MADV_HUGEPAGE) == 0;
#else
  const bool granted = false;
#endif
  return vinculum::answer(env, granted ? 1 : 0);
}

void exportFunction(napi_env env, napi_value exports, const char *name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace

NAPI_MODULE_INIT() {
  chooseForms();
  napi_value names;
  napi_create_array_with_length(env, formCount, &names);
  for (uint32_t k = 0; k < formCount; k++) {
    napi_value name;
    napi_create_string_utf8(env, forms[k].name, NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, names, k, name);
  }
  napi_set_named_property(env, exports, "forms", names);
  exportFunction(env, exports, "verifyPairs", verifyPairsOfJs);
  exportFunction(env, exports, "verifyRow", verifyRowOfJs);
  exportFunction(env, exports, "joinNear", joinNearOfJs);
  exportFunction(env, exports, "sortRows", sortRowsOfJs);
  exportFunction(env, exports, "gatherKeys", gatherKeysOfJs);
  exportFunction(env, exports, "nearestReferences", nearestReferencesOfJs);
  exportFunction(env, exports, "largePages", largePagesOfJs);
  return exports;
}
