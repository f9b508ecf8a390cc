/* Times, counted in buckets that are at most 1.6 % wide. */
#include "load.h"

#include <string.h>

/* Below this each nanosecond has a bucket, above each power of two has half as many. */
#define FINE 128
#define BUCKETS (FINE + 57 * FINE / 2)

static uint64_t counts[BUCKETS];
static uint64_t total;

static int bucket_of(uint64_t value) {
  if (value < FINE) return (int)value;
  int shift = 63 - __builtin_clzll(value) - 6;
  return FINE + (shift - 1) * FINE / 2 + (int)(value >> shift) - FINE / 2;
}

static double middle_of(int bucket) {
  if (bucket < FINE) return bucket;
  int shift = (bucket - FINE) / (FINE / 2) + 1;
  uint64_t lowest = (uint64_t)((bucket - FINE) % (FINE / 2) + FINE / 2) << shift;
  return (double)lowest + (double)((uint64_t)1 << shift) / 2;
}

void record(int64_t nanoseconds) {
  counts[bucket_of(nanoseconds < 0 ? 0 : (uint64_t)nanoseconds)]++;
  total++;
}

void forget_records(void) {
  memset(counts, 0, sizeof counts);
  total = 0;
}

double percentile(double share) {
  uint64_t wanted = (uint64_t)(share * (double)total);
  uint64_t seen = 0;
  for (int i = 0; i < BUCKETS; i++) {
    seen += counts[i];
    if (seen > wanted || (seen == total && total > 0)) return middle_of(i) / 1000;
  }
  return 0;
}
