import fc from 'fast-check'

/** How many cases a fuzz test tries: a few thousand in every run, 100,000 with `npm test -- --long`. */
export const FUZZ_RUNS = process.env['LINEKEEPER_LONG'] ? 100_000 : 2_000

/** Text that parsers dislike: control characters, quotes, brackets, separators, half surrogates, and names that objects inherit. */
export const nastyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom('&', '=', '%', '+', '[', ']', '<', '>', '"', "'", '\\', '\0', '\n', '{', '}', ':', ',', '/', '#', '?'),
    maxLength: 40,
  }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '%',
    '%zz',
    '\uD800',
    'CA',
    `CA${'0'.repeat(32)}`,
    '+14155550100',
  ),
)
