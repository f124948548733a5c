import history from './en/history.json' with { type: 'json' }
import timeline from './en/timeline.json' with { type: 'json' }

/** The words of Calls, which is loaded when it is first opened: history, missed calls, timeline. */
export const enCalls = { history, timeline }
