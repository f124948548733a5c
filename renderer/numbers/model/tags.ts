/** Limits of contract/number. */
export const TAG_LENGTH = 40
export const TAG_LIMIT = 20

/** The tags in a text, split at commas, each once. */
export const tagsIn = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((one) => one.trim().replaceAll(/\s+/g, ' '))
      .filter(Boolean),
  ),
]

/** A number's tags with some added and some dropped, in their order, each once. Pure. */
export const retagged = (tags: readonly string[], added: readonly string[], dropped: readonly string[]): string[] => [
  ...new Set([...tags.filter((tag) => !dropped.includes(tag)), ...added]),
]
