import { assert, constantFrom, integer, property, stringMatching, tuple } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { milesBetween } from '../../../sandbox/twilio/world/distance.ts'
import { lettersToDigits, readPattern } from '../../../sandbox/twilio/world/pattern.ts'
import { countryOf, createNumberWorld, outboundPrice } from '../../../sandbox/twilio/world/world.ts'

const spelled = (seed: number) => {
  const world = createNumberWorld(seed)
  return world.countries.flatMap((country) =>
    country.offers.flatMap((offer) => world.numbers(country, offer).map(({ phoneNumber }) => phoneNumber)),
  )
}

describe('the world of numbers', () => {
  const world = createNumberWorld(1)
  const all = world.countries.flatMap((country) => country.offers.flatMap((offer) => world.numbers(country, offer)))

  test('is the same for the same seed, and another for another', () => {
    expect(spelled(1)).toEqual(all.map(({ phoneNumber }) => phoneNumber))
    expect(spelled(2)).not.toEqual(spelled(1))
  })

  test('no number is sold twice, each is found by its digits, and each is E.164', () => {
    expect(new Set(all.map(({ phoneNumber }) => phoneNumber)).size).toBe(all.length)
    for (const number of all) {
      expect(number.phoneNumber).toMatch(/^\+[1-9]\d{6,14}$/)
      expect(world.find(number.phoneNumber)).toBe(number)
      expect(countryOf(number.phoneNumber)?.iso).toBe(number.country.iso)
    }
  })

  test('sells in several countries, with every kind of number somewhere', () => {
    expect(world.countries.map(({ iso }) => iso)).toEqual(expect.arrayContaining(['US', 'CA', 'GB', 'DE', 'FR', 'AU']))
    expect(new Set(all.map(({ offer }) => offer.kind))).toEqual(
      new Set(['Local', 'TollFree', 'Mobile', 'National', 'SharedCost', 'Voip', 'MachineToMachine']),
    )
    expect(new Set(all.map(({ offer }) => offer.address))).toEqual(new Set(['none', 'any', 'local', 'foreign']))
    expect(new Set(all.map(({ offer }) => offer.papers))).toEqual(new Set(['none', 'bundle', 'identity']))
  })

  test('North American exchanges are possible ones', () => {
    const exchanges = all.filter(({ country }) => country.hasAreaCodes).map(({ phoneNumber }) => phoneNumber.slice(5, 8))
    expect(exchanges.filter((exchange) => !/^[2-9](?!11)\d\d$/.test(exchange) || exchange === '555')).toEqual([])
  })

  test('an area code may be sold out', () => {
    expect(all.filter(({ phoneNumber }) => phoneNumber.startsWith('+1917'))).toEqual([])
    expect(all.filter(({ phoneNumber }) => phoneNumber.startsWith('+1212'))).toHaveLength(3)
  })

  test.each([
    ['+19075550123', '1907', '0.0900'],
    ['+18005550123', '1800', '0.0140'],
    ['+14155550123', '1', '0.0140'],
    ['+447451234567', '447', '0.0305'],
    ['+442071234567', '44', '0.0158'],
  ])('a call to %s costs by prefix %s', (number, prefix, price) => {
    expect(outboundPrice(number)).toMatchObject({ prefix, price })
  })
})

describe('Contains', () => {
  test.each<[string, string, boolean]>([
    ['415', '+14155550123', true],
    ['+1415', '+14155550123', true],
    ['+415', '+14155550123', false],
    ['0123$', '+14155550123', true],
    ['5550$', '+14155550123', false],
    ['55*0', '+14155550123', true],
    ['+1415*****23', '+14155550123', true],
    ['+1415*****23$', '+14155550123', true],
    ['+1415****23$', '+14155550123', false],
    ['PIZZA', '+14155574992', true],
    ['pizza', '+14155574992', true],
    ['415%', '+14155550123', true],
    ['%0123', '+14155550123', true],
  ])('%s in %s: %s', (contains, number, isFound) => {
    const pattern = readPattern(contains)
    expect(pattern).toBeInstanceOf(RegExp)
    expect((pattern as RegExp).test(number)).toBe(isFound)
  })

  test.each(['4', '4'.repeat(17), '4*', '**', '+1', '4+1', '4%1', '4$1', '41 5', '(415)'])('%s is refused in words', (contains) => {
    expect(readPattern(contains)).toBeTypeOf('string')
  })

  test('a number with some of its digits starred finds that number', () => {
    assert(
      property(
        stringMatching(/^[1-9]\d{9,13}$/),
        integer({ min: 0, max: 7 }),
        constantFrom('+', ''),
        constantFrom('$', ''),
        (digits, from, start, end) => {
          const starred = digits.replace(digits.slice(from, from + 2), '**')
          const pattern = readPattern(start + starred + end)
          return pattern instanceof RegExp && pattern.test(`+${digits}`)
        },
      ),
    )
  })

  test('letters are keys', () => {
    expect(lettersToDigits('abcdefghijklmnopqrstuvwxyz')).toBe('22233344455566677778889999')
  })
})

test('distance is symmetric, nought at home, and of the right size', () => {
  const point = tuple(integer({ min: -89, max: 89 }), integer({ min: -179, max: 179 })).map(([latitude, longitude]) => ({
    latitude,
    longitude,
  }))
  assert(property(point, point, (a, b) => Math.abs(milesBetween(a, b) - milesBetween(b, a)) < 1e-6 && milesBetween(a, a) === 0))
  const [sanFrancisco, newYork] = [
    { latitude: 37.7749, longitude: -122.4194 },
    { latitude: 40.7143, longitude: -74.006 },
  ]
  expect(Math.round(milesBetween(sanFrancisco, newYork) / 10)).toBe(257)
})
