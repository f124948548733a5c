// The last line of a test run, for people and for whatever reads it.

/**
 * `N passed, N failed` from vitest's JSON report. A file that does not load, an unhandled rejection, or a run that never began fails without
 * failing a test: it counts as one.
 * @param {string | undefined} report @param {number} status vitest's exit status
 */
export function closingLine(report, status) {
  const { numPassedTests: passed = 0, numFailedTests: failed = 0 } = report ? JSON.parse(report) : {}
  return `${passed} passed, ${status && !failed ? 1 : failed} failed`
}

/**
 * A filter when no test file's path contains any of them: told before the build. Flags are vitest's affair, and so is every word when there are flags.
 * @param {string[]} words @param {string[]} files below test/
 */
export function unmatched(words, files) {
  if (words.length === 0 || words.some((word) => word.startsWith('-'))) return undefined
  const paths = files.filter((file) => /\.test\.tsx?$/.test(file)).map((file) => `test/${file.replaceAll('\\', '/')}`.toLowerCase())
  const hits = words.some((word) => paths.some((file) => file.includes(word.replace(/^\.\//, '').toLowerCase())))
  return hits ? undefined : words.join("' or '")
}
