import spoken from './en/spoken.json' with { type: 'json' }

/** What callers hear, in English. */
export { spoken }
