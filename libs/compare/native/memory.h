// What both native kernels need: the memory that JavaScript passed, and the numbers beside it.
#ifndef VINCULUM_NATIVE_MEMORY_H
#define VINCULUM_NATIVE_MEMORY_H

#include <node_api.h>

#include <cstddef>
#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#define TARGET(features) __attribute__((target(features)))
#else
#define TARGET(features)
#endif

namespace vinculum {

/** The memory that JavaScript passed. */
struct Memory {
  uint8_t *bytes;
  uint64_t length;

  bool holds(uint64_t at, uint64_t count, uint64_t size) const {
    return at % size == 0 && at <= length && count <= (length - at) / size;
  }
  template <class T>
  T *at(uint64_t place) const { return reinterpret_cast<T *>(bytes + place); }
};

/** Reads `numbers` whole numbers before and behind the memory, which is argument 1; false where one is none. */
inline bool readArguments(napi_env env, napi_callback_info info, Memory *memory, uint32_t *numbers, size_t wanted) {
  napi_value given[16];
  size_t count = 16;
  if (napi_get_cb_info(env, info, &count, given, nullptr, nullptr) != napi_ok || count != wanted + 1) return false;
  bool isTypedArray = false;
  napi_typedarray_type type;
  size_t length = 0;
  void *data = nullptr;
  if (napi_is_typedarray(env, given[1], &isTypedArray) != napi_ok || !isTypedArray
      || napi_get_typedarray_info(env, given[1], &type, &length, &data, nullptr, nullptr) != napi_ok
      || type != napi_uint8_array || data == nullptr || reinterpret_cast<uintptr_t>(data) % 8 != 0) {
    return false;
  }
  *memory = {static_cast<uint8_t *>(data), length};
  for (size_t k = 0; k < wanted; k++) {
    double number = -1;
    if (napi_get_value_double(env, given[k == 0 ? 0 : k + 1], &number) != napi_ok
        || !(number >= 0 && number <= 4294967295.0)) {
      return false;
    }
    numbers[k] = static_cast<uint32_t>(number);
  }
  return true;
}

inline napi_value refuse(napi_env env, const char *message) {
  napi_throw_range_error(env, "KERNEL_MEMORY_INVALID", message);
  return nullptr;
}

inline napi_value answer(napi_env env, int64_t number) {
  napi_value result;
  napi_create_int64(env, number, &result);
  return result;
}

}  // namespace vinculum

#endif
