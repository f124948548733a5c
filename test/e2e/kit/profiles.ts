import type { StackOptions } from './stack.ts'

/** Seeds that together draw every variant of the hostile profile; test/sandbox/switches.test.ts holds them to it. */
export const HOSTILE_SEEDS = [4, 8, 10] as const

/** The profiles that core journeys run under (RULES R34), each file with a hostile seed of its own. */
export const profilesWith = (
  seed: (typeof HOSTILE_SEEDS)[number],
): (Required<Pick<StackOptions, 'profile' | 'seed'>> & { name: string })[] => [
  { name: 'typical', profile: 'typical', seed: 1 },
  { name: `hostile, seed ${seed}`, profile: 'hostile', seed },
]
