// Threshold join kernel, native: the same job descriptors, the same pairs as kernel/join.as. One N-API file that
// depends on nothing but memory.h beside it; each form of the scan is compiled for its own instruction set and chosen
// when it is loaded.
//
// What JavaScript passes is not trusted: every place and length of a descriptor is checked against the memory, the
// descriptor is copied first (other threads see the memory), and a sum of weights beyond the table reaches nothing.
#include "memory.h"

#include <cstring>

namespace {

using vinculum::Memory;
using vinculum::refuse;

constexpr uint32_t kGroupRows = 8;
constexpr uint32_t kBlockRows = 32;
constexpr uint32_t kTileRowsA = 128;
constexpr uint32_t kTileRowsB = 512;
constexpr uint32_t kFirstPieceWords = 8;
constexpr uint64_t kTilePairs = uint64_t{kTileRowsA} * kTileRowsB;
constexpr uint64_t kWorkspacePairsAt = 64 + 2 * kTileRowsB + 8 * kTileRowsB;

struct Side {
  uint32_t records, prefix, others, suffix, weights, rests, rows, blocks;
};

struct Descriptor {
  uint32_t prefixWords, suffixWords, least, within, sums, unused[3];
  Side a, b;
};

struct Note {
  uint32_t place, common;
};

/** One row of A against places `from` to `to` of B. */
struct Scan {
  const uint64_t *a, *a8;       // word w of the row at 8 * w
  const uint64_t *b, *b8;       // groups from `from` on
  const uint16_t *blocks;       // lowest weight and highest rest of each 32 rows
  const uint16_t *least;        // the threshold table
  uint32_t sums, weight, rest;  // length of the table; of the row of A
  uint32_t from, to;
};

/** Common ones in the prefix with which no pair of this row and block can do with less. */
inline int64_t needOfBlock(const Scan &scan, uint32_t block) {
  const uint32_t sum = scan.weight + scan.blocks[2 * block];
  const uint32_t restB = scan.blocks[2 * block + 1];
  if (sum >= scan.sums) return INT64_MAX;
  return int64_t{scan.least[sum]} - (scan.rest < restB ? scan.rest : restB);
}

/** Word `w` of the prefix of the first row of a group. */
template <int W>
inline const uint64_t *wordOfGroup(const Scan &scan, uint32_t group, int w) {
  constexpr int first = W < 8 ? W : 8;
  return w < first ? scan.b + (size_t{group} * first + w) * kGroupRows
                   : scan.b8 + (size_t{group} * (W - first) + (w - first)) * kGroupRows;
}

inline uint64_t wordOfRow(const Scan &scan, int w) {
  return w < 8 ? scan.a[8 * w] : scan.a8[8 * (w - 8)];
}

/** Runs `step` for each group with its bound; `step` advances `end`. */
#define FOR_EACH_GROUP(step)                                        \
  Note *end = notes;                                                \
  const uint32_t blocks = (scan.to - scan.from) / kBlockRows;       \
  for (uint32_t block = 0; block < blocks; block++) {               \
    const int64_t need = needOfBlock(scan, block);                  \
    for (uint32_t k = 0; k < kBlockRows / kGroupRows; k++) {        \
      const uint32_t group = block * (kBlockRows / kGroupRows) + k; \
      const uint32_t place = scan.from + group * kGroupRows;        \
      end = step;                                                   \
    }                                                               \
  }                                                                 \
  return static_cast<uint32_t>(end - notes);

#define SCALAR_GROUP                                                                             \
  for (uint32_t row = 0; row < kGroupRows; row++) {                                              \
    int64_t common = 0;                                                                          \
    for (int w = 0; w < W; w++) {                                                                \
      common += __builtin_popcountll(wordOfRow(scan, w) & wordOfGroup<W>(scan, group, w)[row]);  \
    }                                                                                            \
    if (common >= need) *end++ = {place + row, static_cast<uint32_t>(common)};                   \
  }                                                                                              \
  return end;

struct Portable {
  template <int W>
  static Note *ofGroup(const Scan &scan, uint32_t group, uint32_t place, int64_t need, Note *end) {
    SCALAR_GROUP
  }
  template <int W>
  static uint32_t scan(const Scan &scan, Note *notes) {
    FOR_EACH_GROUP(ofGroup<W>(scan, group, place, need, end))
  }
};

#if defined(__x86_64__)

struct Popcnt {
  template <int W>
  TARGET("popcnt")
  static Note *ofGroup(const Scan &scan, uint32_t group, uint32_t place, int64_t need, Note *end) {
    SCALAR_GROUP
  }
  template <int W>
  TARGET("popcnt")
  static uint32_t scan(const Scan &scan, Note *notes) {
    FOR_EACH_GROUP(ofGroup<W>(scan, group, place, need, end))
  }
};

// In vectors, bits are added up before they are counted: of three words of weight 1 a full adder makes one of
// weight 1 and one of weight 2, until at most two of each weight are left (carry-save adders, as Harley and Seal
// have it in Warren, Hacker's Delight, section 5-1). Then bytes are counted by table (Mula, Kurz and Lemire 2018);
// the table for weight 2^l holds the counts times 2^l.

#define AVX2 TARGET("avx2,popcnt") __attribute__((always_inline)) static inline

struct Avx2 {
  AVX2 __m256i counted(__m256i bits, int level) {
    const __m256i low = _mm256_set1_epi8(15);
    const __m256i table = _mm256_slli_epi16(_mm256_setr_epi8(
        0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4), level);
    return _mm256_add_epi8(
        _mm256_shuffle_epi8(table, _mm256_and_si256(bits, low)),
        _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(bits, 4), low)));
  }

  /** Ones of N words of weight 2^Level, byte by byte: at most 128. */
  template <int N, int Level>
  AVX2 __m256i ones(__m256i *words) {
    constexpr int carries = (N - 1) / 2;
    __m256i carry[carries + 1];
    for (int k = 0; k < carries; k++) {
      const __m256i x = words[N - 1 - 2 * k], y = words[N - 2 - 2 * k], z = words[N - 3 - 2 * k];
      const __m256i either = _mm256_xor_si256(x, y);
      carry[k] = _mm256_or_si256(_mm256_and_si256(x, y), _mm256_and_si256(either, z));
      words[N - 3 - 2 * k] = _mm256_xor_si256(either, z);
    }
    __m256i bytes = counted(words[0], Level);
    if constexpr (N - 2 * carries == 2) bytes = _mm256_add_epi8(bytes, counted(words[1], Level));
    if constexpr (carries > 0) bytes = _mm256_add_epi8(bytes, ones<carries, Level + 1>(carry));
    return bytes;
  }

  template <int W>
  AVX2 Note *ofGroup(
      const __m256i *a, const Scan &scan, uint32_t group, uint32_t place, int64_t need, Note *end) {
    for (uint32_t half = 0; half < kGroupRows; half += 4) {
      __m256i words[W];
      for (int w = 0; w < W; w++) {
        const uint64_t *word = wordOfGroup<W>(scan, group, w) + half;
        words[w] = _mm256_and_si256(a[w], _mm256_loadu_si256(reinterpret_cast<const __m256i *>(word)));
      }
      const __m256i common = _mm256_sad_epu8(ones<W, 0>(words), _mm256_setzero_si256());
      const __m256i reached = _mm256_cmpgt_epi64(common, _mm256_set1_epi64x(need - 1));
      uint32_t mask = static_cast<uint32_t>(_mm256_movemask_pd(_mm256_castsi256_pd(reached)));
      if (__builtin_expect(mask != 0, 0)) {
        alignas(32) uint64_t counts[4];
        _mm256_store_si256(reinterpret_cast<__m256i *>(counts), common);
        for (; mask; mask &= mask - 1) {
          const uint32_t row = static_cast<uint32_t>(__builtin_ctz(mask));
          *end++ = {place + half + row, static_cast<uint32_t>(counts[row])};
        }
      }
    }
    return end;
  }

  template <int W>
  TARGET("avx2,popcnt")
  static uint32_t scan(const Scan &scan, Note *notes) {
    __m256i a[W];
    for (int w = 0; w < W; w++) a[w] = _mm256_set1_epi64x(static_cast<int64_t>(wordOfRow(scan, w)));
    FOR_EACH_GROUP(ofGroup<W>(a, scan, group, place, need, end))
  }
};

#define AVX512_FEATURES "avx512f,avx512bw,avx512vl,avx512dq,avx2,popcnt"
#define AVX512 TARGET(AVX512_FEATURES) __attribute__((always_inline)) static inline
// Truth tables of vpternlog: odd number of ones, at least two ones.
#define ODD 0x96
#define MAJORITY 0xe8

struct Avx512Bw {
  AVX512 __m512i counted(__m512i bits, int level) {
    const __m512i low = _mm512_set1_epi8(15);
    const __m512i table = _mm512_slli_epi16(_mm512_broadcast_i32x4(
        _mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4)), static_cast<unsigned>(level));
    return _mm512_add_epi8(
        _mm512_shuffle_epi8(table, _mm512_and_si512(bits, low)),
        _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(bits, 4), low)));
  }

  template <int N, int Level>
  AVX512 __m512i ones(__m512i *words) {
    constexpr int carries = (N - 1) / 2;
    __m512i carry[carries + 1];
    for (int k = 0; k < carries; k++) {
      const __m512i x = words[N - 1 - 2 * k], y = words[N - 2 - 2 * k], z = words[N - 3 - 2 * k];
      carry[k] = _mm512_ternarylogic_epi64(x, y, z, MAJORITY);
      words[N - 3 - 2 * k] = _mm512_ternarylogic_epi64(x, y, z, ODD);
    }
    __m512i bytes = counted(words[0], Level);
    if constexpr (N - 2 * carries == 2) bytes = _mm512_add_epi8(bytes, counted(words[1], Level));
    if constexpr (carries > 0) bytes = _mm512_add_epi8(bytes, ones<carries, Level + 1>(carry));
    return bytes;
  }

  template <int W>
  AVX512 __m512i common(__m512i *words) {
    return _mm512_sad_epu8(ones<W, 0>(words), _mm512_setzero_si512());
  }
};

/** Writes down the rows that reached the bound. */
AVX512 Note *notesOf(uint32_t mask, __m512i common, uint32_t place, Note *end) {
  alignas(64) uint64_t counts[8];
  _mm512_store_si512(counts, common);
  for (; mask; mask &= mask - 1) {
    const uint32_t row = static_cast<uint32_t>(__builtin_ctz(mask));
    *end++ = {place + row, static_cast<uint32_t>(counts[row])};
  }
  return end;
}

#define AVX512_GROUP(COMMON)                                                                        \
  __m512i words[W];                                                                                 \
  for (int w = 0; w < W; w++) {                                                                     \
    words[w] = _mm512_and_si512(a[w], _mm512_loadu_si512(wordOfGroup<W>(scan, group, w)));          \
  }                                                                                                 \
  const __m512i common = COMMON;                                                                    \
  const uint32_t mask = _mm512_cmpge_epi64_mask(common, _mm512_set1_epi64(need));                   \
  return __builtin_expect(mask != 0, 0) ? notesOf(mask, common, place, end) : end;

#define AVX512_SCAN                                                                                 \
  __m512i a[W];                                                                                     \
  for (int w = 0; w < W; w++) a[w] = _mm512_set1_epi64(static_cast<int64_t>(wordOfRow(scan, w)));   \
  FOR_EACH_GROUP(ofGroup<W>(a, scan, group, place, need, end))

struct Avx512BwScan {
  template <int W>
  AVX512 Note *ofGroup(
      const __m512i *a, const Scan &scan, uint32_t group, uint32_t place, int64_t need, Note *end) {
    AVX512_GROUP(Avx512Bw::common<W>(words))
  }
  template <int W>
  TARGET(AVX512_FEATURES)
  static uint32_t scan(const Scan &scan, Note *notes) { AVX512_SCAN }
};

#define VPOPCNT_FEATURES AVX512_FEATURES ",avx512vpopcntdq"

struct Avx512Vpopcntdq {
  template <int W>
  TARGET(VPOPCNT_FEATURES) __attribute__((always_inline))
  static inline Note *ofGroup(
      const __m512i *a, const Scan &scan, uint32_t group, uint32_t place, int64_t need, Note *end) {
    __m512i sum = _mm512_setzero_si512();
    AVX512_GROUP(sum; for (int w = 0; w < W; w++) sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(words[w])))
  }
  template <int W>
  TARGET(VPOPCNT_FEATURES)
  static uint32_t scan(const Scan &scan, Note *notes) { AVX512_SCAN }
};

#endif  // __x86_64__

using ScanTile = uint32_t (*)(const Scan &, Note *);

template <class Form>
ScanTile scanOf(uint32_t prefixWords) {
  switch (prefixWords) {
    case 4: return Form::template scan<4>;
    case 5: return Form::template scan<5>;
    case 6: return Form::template scan<6>;
    case 7: return Form::template scan<7>;
    case 8: return Form::template scan<8>;
    case 10: return Form::template scan<10>;
    case 12: return Form::template scan<12>;
    case 16: return Form::template scan<16>;
    default: return nullptr;
  }
}

/** One compiled form and its name. */
struct FormOfScan {
  const char *name;
  ScanTile (*scanOf)(uint32_t prefixWords);
};

FormOfScan forms[5];
uint32_t formCount = 0;

uint64_t placesOf(const Side &side) {
  return (uint64_t{side.records} + kBlockRows - 1) / kBlockRows * kBlockRows;
}

bool isSide(const Memory &memory, const Descriptor &job, const Side &side) {
  const uint64_t first = job.prefixWords < kFirstPieceWords ? job.prefixWords : kFirstPieceWords;
  const uint64_t places = placesOf(side);
  return side.records < (uint32_t{1} << 31)
      && memory.holds(side.prefix, places * first, 8)
      && memory.holds(side.others, places * (job.prefixWords - first), 8)
      && memory.holds(side.suffix, uint64_t{side.records} * job.suffixWords, 8)
      && memory.holds(side.weights, side.records, 2) && memory.holds(side.rests, side.records, 2)
      && memory.holds(side.rows, side.records, 4) && memory.holds(side.blocks, 2 * places / kBlockRows, 2);
}

bool isJob(const Memory &memory, const Descriptor &job) {
  return scanOf<Portable>(job.prefixWords) != nullptr && job.suffixWords <= 1024
      && memory.holds(job.least, job.sums, 2) && isSide(memory, job, job.a) && isSide(memory, job, job.b);
}

/** Row `i` of A against places `from` to `to` of B. */
Scan scanOfRow(const Memory &memory, const Descriptor &job, uint32_t i, uint32_t from, uint32_t to) {
  const size_t first = job.prefixWords < kFirstPieceWords ? job.prefixWords : kFirstPieceWords;
  const size_t others = job.prefixWords - first;
  const size_t group = i / kGroupRows, row = i % kGroupRows;
  return {
    memory.at<uint64_t>(job.a.prefix) + group * first * kGroupRows + row,
    memory.at<uint64_t>(job.a.others) + group * others * kGroupRows + row,
    memory.at<uint64_t>(job.b.prefix) + from * first,
    memory.at<uint64_t>(job.b.others) + from * others,
    memory.at<uint16_t>(job.b.blocks) + 2 * (from / kBlockRows),
    memory.at<uint16_t>(job.least), job.sums,
    memory.at<uint16_t>(job.a.weights)[i], memory.at<uint16_t>(job.a.rests)[i], from, to,
  };
}

/** Writes those of the noted rows that reach the similarity as pairs of original rows; returns their end. */
__attribute__((always_inline)) inline uint32_t *verifyNotes(
    const Memory &memory, const Descriptor &job, const Scan &scan, uint32_t i, const Note *notes, uint32_t length,
    uint32_t *pairs) {
  const uint64_t *suffixA = memory.at<uint64_t>(job.a.suffix) + size_t{i} * job.suffixWords;
  const uint16_t *weightsB = memory.at<uint16_t>(job.b.weights), *restsB = memory.at<uint16_t>(job.b.rests);
  for (uint32_t k = 0; k < length; k++) {
    const uint32_t j = notes[k].place;
    if (j >= job.b.records || (job.within && j <= i)) continue;
    const uint32_t sum = scan.weight + weightsB[j], restB = restsB[j];
    if (sum >= scan.sums) continue;
    const uint32_t need = scan.least[sum];
    uint64_t common = notes[k].common;
    if (common + (scan.rest < restB ? scan.rest : restB) < need) continue;
    const uint64_t *suffixB = memory.at<uint64_t>(job.b.suffix) + size_t{j} * job.suffixWords;
    for (uint32_t w = 0; w < job.suffixWords; w++) common += __builtin_popcountll(suffixA[w] & suffixB[w]);
    if (common < need) continue;
    const uint32_t rowA = memory.at<uint32_t>(job.a.rows)[i], rowB = memory.at<uint32_t>(job.b.rows)[j];
    const bool swapped = job.within && rowB < rowA;
    *pairs++ = swapped ? rowB : rowA;
    *pairs++ = swapped ? rowA : rowB;
  }
  return pairs;
}

using Verify = uint32_t *(*)(
    const Memory &, const Descriptor &, const Scan &, uint32_t i, const Note *, uint32_t length, uint32_t *pairs);

uint32_t *verifyPortably(
    const Memory &memory, const Descriptor &job, const Scan &scan, uint32_t i, const Note *notes, uint32_t length,
    uint32_t *pairs) {
  return verifyNotes(memory, job, scan, i, notes, length, pairs);
}

TARGET("popcnt")
uint32_t *verifyByPopcnt(
    const Memory &memory, const Descriptor &job, const Scan &scan, uint32_t i, const Note *notes, uint32_t length,
    uint32_t *pairs) {
  return verifyNotes(memory, job, scan, i, notes, length, pairs);
}

Verify verify = verifyPortably;

/** The forms that this processor (and its operating system) can run, the fastest first. */
void chooseForms() {
  formCount = 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
      && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
      && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
  if (avx512 && __builtin_cpu_supports("avx512vpopcntdq")) {
    forms[formCount++] = {"avx512-vpopcntdq", scanOf<Avx512Vpopcntdq>};
  }
  if (avx512) forms[formCount++] = {"avx512-bw", scanOf<Avx512BwScan>};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt")) {
    forms[formCount++] = {"avx2", scanOf<Avx2>};
  }
  if (__builtin_cpu_supports("popcnt")) {
    forms[formCount++] = {"popcnt", scanOf<Popcnt>};
    verify = verifyByPopcnt;
  }
#endif
  forms[formCount++] = {"portable", scanOf<Portable>};
}

/** Pairs written, or -1 when descriptor, tiles or workspace do not lie within the memory. */
int64_t joinTiles(
    ScanTile (*form)(uint32_t), const Memory &memory, uint32_t at, uint32_t tileA, uint32_t tileB,
    uint32_t workspace) {
  Descriptor job;
  if (!memory.holds(at, sizeof job / 4, 4)) return -1;
  std::memcpy(&job, memory.at<uint8_t>(at), sizeof job);
  if (!isJob(memory, job) || !memory.holds(workspace, kWorkspacePairsAt / 8, 8)) return -1;
  const uint64_t capacity = memory.at<uint32_t>(workspace)[0];
  const uint64_t firstA = uint64_t{tileA} * kTileRowsA, places = placesOf(job.b);
  if (!memory.holds(workspace + kWorkspacePairsAt, capacity, 8) || firstA >= job.a.records) return -1;
  const ScanTile scanTile = form(job.prefixWords);
  const uint64_t lastA = firstA + kTileRowsA < job.a.records ? firstA + kTileRowsA : job.a.records;
  uint32_t *const start = memory.at<uint32_t>(workspace + kWorkspacePairsAt);
  uint32_t *pairs = start;
  Note notes[kTileRowsB];
  uint64_t from = uint64_t{tileB} * kTileRowsB;
  while (from < places && (pairs - start) / 2 + kTilePairs <= capacity) {
    const uint64_t to = from + kTileRowsB < places ? from + kTileRowsB : places;
    for (uint64_t i = firstA; i < lastA; i++) {
      const uint32_t row = static_cast<uint32_t>(i);
      const Scan scan = scanOfRow(memory, job, row, static_cast<uint32_t>(from), static_cast<uint32_t>(to));
      const uint32_t length = scanTile(scan, notes);
      if (length > 0) pairs = verify(memory, job, scan, row, notes, length, pairs);
    }
    from += kTileRowsB;
  }
  memory.at<uint32_t>(workspace)[1] = static_cast<uint32_t>(from / kTileRowsB);
  return (pairs - start) / 2;
}

/** joinTiles(form, memory: Uint8Array, job, tileA, tileB, workspace): number of pairs. */
napi_value joinTilesOfJs(napi_env env, napi_callback_info info) {
  Memory memory;
  uint32_t numbers[5];
  if (!vinculum::readArguments(env, info, &memory, numbers, 5)) {
    return refuse(env, "expected a form, a Uint8Array at a multiple of 8, and four numbers from 0 to 2^32 - 1");
  }
  if (numbers[0] >= formCount) return refuse(env, "there is no such form");
  const int64_t pairs = joinTiles(
      forms[numbers[0]].scanOf, memory, numbers[1], numbers[2], numbers[3], numbers[4]);
  if (pairs < 0) return refuse(env, "descriptor, tables or workspace do not lie within the memory");
  return vinculum::answer(env, pairs);
}

}  // namespace

NAPI_MODULE_INIT() {
  chooseForms();
  napi_value names, function;
  napi_create_array_with_length(env, formCount, &names);
  for (uint32_t k = 0; k < formCount; k++) {
    napi_value name;
    napi_create_string_utf8(env, forms[k].name, NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, names, k, name);
  }
  napi_create_function(env, "joinTiles", NAPI_AUTO_LENGTH, joinTilesOfJs, nullptr, &function);
  napi_set_named_property(env, exports, "forms", names);
  napi_set_named_property(env, exports, "joinTiles", function);
  return exports;
}
