import call from './en/call.json' with { type: 'json' }
import calls from './en/calls.json' with { type: 'json' }
import failures from './en/failures.json' with { type: 'json' }
import firstRun from './en/first-run.json' with { type: 'json' }
import phone from './en/phone.json' with { type: 'json' }
import shell from './en/shell.json' with { type: 'json' }

/** Every word the page shows, in English: the type of the catalogue is the type of its keys. */
export const en = { call, calls, failures, firstRun, phone, shell }
