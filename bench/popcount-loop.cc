// The yardstick of bench/compare.ts: every pair of 1024-bit filters by 64-bit popcnt, 16 words unrolled, in tiles
// that stay in the nearest cache, the threshold in integers. Compiled on the spot with -O3 -mpopcnt.
//
//   popcount-loop A.bin B.bin rowsOfA rowsOfB similarity     prints pairs found and processor seconds
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <utility>
#include <vector>

namespace {

constexpr int kWords = 16;
constexpr size_t kTile = 128;

std::vector<uint64_t> read(const char *path, size_t rows) {
  std::vector<uint64_t> filters(rows * kWords);
  FILE *file = std::fopen(path, "rb");
  if (!file || std::fread(filters.data(), 8, filters.size(), file) != filters.size()) std::exit(2);
  std::fclose(file);
  return filters;
}

std::vector<uint32_t> weightsOf(const std::vector<uint64_t> &filters) {
  std::vector<uint32_t> weights(filters.size() / kWords);
  for (size_t k = 0; k < filters.size(); k++) weights[k / kWords] += __builtin_popcountll(filters[k]);
  return weights;
}

double cpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

}  // namespace

int main(int, char **arguments) {
  const size_t rowsOfA = std::strtoull(arguments[3], nullptr, 10);
  const size_t rowsOfB = std::strtoull(arguments[4], nullptr, 10);
  const double similarity = std::strtod(arguments[5], nullptr);
  const auto a = read(arguments[1], rowsOfA), b = read(arguments[2], rowsOfB);
  const auto weightsA = weightsOf(a), weightsB = weightsOf(b);
  std::vector<uint32_t> least(2 * 64 * kWords + 1);
  for (size_t sum = 0; sum < least.size(); sum++) least[sum] = std::ceil(similarity * sum / 2 - 1e-9);
  std::vector<std::pair<uint32_t, uint32_t>> found;
  found.reserve(1 << 20);

  const double start = cpuSeconds();
  for (size_t tileA = 0; tileA < rowsOfA; tileA += kTile) {
    for (size_t tileB = 0; tileB < rowsOfB; tileB += kTile) {
      const size_t endA = tileA + kTile < rowsOfA ? tileA + kTile : rowsOfA;
      const size_t endB = tileB + kTile < rowsOfB ? tileB + kTile : rowsOfB;
      for (size_t i = tileA; i < endA; i++) {
        const uint64_t *x = &a[i * kWords];
        const uint32_t *leastOfA = &least[weightsA[i]];
        for (size_t j = tileB; j < endB; j++) {
          const uint64_t *y = &b[j * kWords];
          uint64_t common = 0;
#pragma GCC unroll 16
          for (int w = 0; w < kWords; w++) common += __builtin_popcountll(x[w] & y[w]);
          if (common >= leastOfA[weightsB[j]]) found.emplace_back(i, j);
        }
      }
    }
  }
  std::printf("%zu %.6f\n", found.size(), cpuSeconds() - start);
  return 0;
}
