import { expect, test } from 'vitest'
import { ignoredFlags, parseOptions, wantsHelp } from '../../../scripts/start/options.mjs'

const defaults = {
  host: 'auto',
  open: true,
  json: false,
  profile: '/checkout/.linekeeper',
  firstRun: false,
  sandboxProfile: 'typical',
  build: true,
}

test.each([
  [[], {}],
  [['--json', '--no-open'], { json: true, open: false }],
  [['--host', 'loopback'], { host: 'loopback' }],
  [['--host=electron'], { host: 'electron' }],
  [['--profile', 'demo'], { profile: '/checkout/demo' }],
  [['--profile', '/var/demo'], { profile: '/var/demo' }],
  [['--first-run', '--sandbox-profile', 'hostile'], { firstRun: true, sandboxProfile: 'hostile' }],
  [['--no-build'], { build: false }],
])('%j', (words, changed) => {
  expect(parseOptions(words, '/checkout')).toEqual({ ...defaults, ...changed })
})

test.each([
  [['--host', 'safari'], /--host is one of auto, electron, loopback, not 'safari'/],
  [['--sandbox-profile', 'mean'], /--sandbox-profile is one of kind, typical, hostile/],
  [['--hosts', 'auto'], /--hosts/],
  [['loopback'], /loopback/],
  [['--profile'], /--profile/],
])('%j is refused with the usage', (words, sentence) => {
  expect(() => parseOptions(words, '/checkout')).toThrow(sentence)
  expect(() => parseOptions(words, '/checkout')).toThrow(/usage: npm start/)
})

test.each([
  [[], []],
  [['--host', 'auto', '--json', '--profile', 'x', '--sandbox-profile', 'kind'], []],
  [['--host', 'loopback'], []],
  [
    ['--host=electron', '--first-run', '--sandbox-profile', 'hostile'],
    ['--host electron', '--first-run', '--sandbox-profile hostile'],
  ],
])('a start that joins with %j is told that %j were ignored', (words, ignored) => {
  expect(ignoredFlags(words, { host: 'loopback', firstRun: false, sandboxProfile: 'kind' })).toEqual(ignored)
})

test('help is asked for with --help or -h', () => {
  expect([['--help'], ['--json', '-h'], ['--json']].map(wantsHelp)).toEqual([true, true, false])
})
