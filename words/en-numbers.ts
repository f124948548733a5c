import buy from './en/buy.json' with { type: 'json' }
import numbers from './en/numbers.json' with { type: 'json' }
import settings from './en/settings.json' with { type: 'json' }

/** The words of the screens that are loaded when they are first opened: Numbers, Search and buy, Settings. Not part of `en`, which every page loads. */
export const enNumbers = { numbers, buy, settings }
