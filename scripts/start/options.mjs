// What `npm start` was asked to do. Pure: the words in, options or a sentence out.
import path from 'node:path'
import { parseArgs } from 'node:util'

export const USAGE =
  'usage: npm start -- [--host auto|electron|loopback] [--no-open] [--json] [--profile DIR] [--first-run] [--sandbox-profile kind|typical|hostile] [--help]'

/** Words that are not a command line of ours. Its `status` is the exit status. */
export class UsageError extends Error {
  status = 2
}

/** Whether the usage was asked for. @param {string[]} words */
export const wantsHelp = (words) => words.includes('--help') || words.includes('-h')

/**
 * The flags that a start which joins a running one asked for in vain. @param {string[]} words Valid ones.
 * @param {{ host: string, firstRun: boolean, sandboxProfile: string | undefined }} running How the running one was started; `host` is where it shows the app.
 * @returns {string[]}
 */
export function ignoredFlags(words, running) {
  const { values } = parseArgs({ args: words, strict: false, options: flags })
  const { host = 'auto', 'first-run': firstRun = false, 'sandbox-profile': sandboxProfile } = values
  return [
    ...(host !== 'auto' && host !== running.host ? [`--host ${host}`] : []),
    ...(firstRun && !running.firstRun ? ['--first-run'] : []),
    ...(sandboxProfile !== undefined && sandboxProfile !== running.sandboxProfile ? [`--sandbox-profile ${sandboxProfile}`] : []),
  ]
}

/**
 * @typedef {object} StartOptions
 * @property {'auto' | 'electron' | 'loopback'} host
 * @property {boolean} open Whether a browser is opened on the loopback host's page.
 * @property {boolean} json
 * @property {string} profile Absolute path of the profile's folder.
 * @property {boolean} firstRun
 * @property {'kind' | 'typical' | 'hostile'} sandboxProfile
 * @property {boolean} build
 */

const choices = { host: ['auto', 'electron', 'loopback'], 'sandbox-profile': ['kind', 'typical', 'hostile'] }

/** Options of one start; paths are taken from `folder`. @param {string[]} words @param {string} folder @returns {StartOptions} @throws Error with a sentence and the usage. */
export function parseOptions(words, folder) {
  const values = parse(words)
  for (const [name, allowed] of Object.entries(choices)) {
    const value = String(values[/** @type {keyof typeof values} */ (name)])
    if (!allowed.includes(value)) throw new UsageError(`--${name} is one of ${allowed.join(', ')}, not '${value}'\n${USAGE}`)
  }
  return {
    host: /** @type {StartOptions['host']} */ (values.host),
    open: !values['no-open'],
    json: values.json,
    profile: path.resolve(folder, values.profile),
    firstRun: values['first-run'],
    sandboxProfile: /** @type {StartOptions['sandboxProfile']} */ (values['sandbox-profile']),
    build: !values['no-build'],
  }
}

const flags = /** @type {const} */ ({
  host: { type: 'string' },
  'first-run': { type: 'boolean' },
  'sandbox-profile': { type: 'string' },
})

/** @param {string[]} words */
function parse(words) {
  try {
    return parseArgs({
      args: words,
      options: {
        host: { type: 'string', default: 'auto' },
        'no-open': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        profile: { type: 'string', default: '.linekeeper' },
        'first-run': { type: 'boolean', default: false },
        'sandbox-profile': { type: 'string', default: 'typical' },
        'no-build': { type: 'boolean', default: false }, // for tests: out/ is built already, and must not change under them
      },
    }).values
  } catch (error) {
    throw new UsageError(`${/** @type {Error} */ (error).message}\n${USAGE}`, { cause: error })
  }
}
