import { anywhere, canadaPlaces, city, unitedStatesPlaces } from './places.ts'
import type { AddressRequirement, Capabilities, Country, Kind, Offer, Place } from './types.ts'

/** Letters of what a number can do: v(oice), s(ms), m(ms), f(ax). */
const can = (letters: string): Capabilities => ({
  voice: letters.includes('v'),
  sms: letters.includes('s'),
  mms: letters.includes('m'),
  fax: letters.includes('f'),
})

/** One row of the table of what is sold: kind, digits after the prefix, places, USD per month, USD per incoming minute, abilities, address, papers. */
function offer(
  kind: Kind,
  digits: number,
  places: Place[],
  price: string,
  inbound: string,
  abilities: string,
  address: AddressRequirement = 'none',
  papers: Offer['papers'] = 'none',
): Offer {
  return { kind, digits, places, price, inbound, capabilities: can(abilities), address, papers }
}

const to = (name: string, price: string, ...prefixes: string[]) => ({ prefixes, price, name: `Programmable Outbound Minute - ${name}` })

/** Shared by all of North America; here one of them is Canada's. */
const tollFreeCodes = ['1800', '1833', '1844', '1866', '1877', '1888']
const canadianTollFreeCode = '1855'

/**
 * The world's countries: what they sell, what it costs and which papers they ask for. Prices and rules are of the order of Twilio's public
 * ones, and invented: nothing of ours may know them but by asking.
 */
export const countries: Country[] = [
  {
    iso: 'US',
    name: 'United States',
    callingCode: '1',
    beta: false,
    hasAreaCodes: true,
    offers: [
      offer('Local', 7, unitedStatesPlaces, '1.15', '0.0085', 'vsmf'),
      offer('TollFree', 7, [anywhere(...tollFreeCodes)], '2.15', '0.0220', 'vsm'),
    ],
    outbound: [
      to('United States - Alaska', '0.0900', '1907'),
      to('United States & Canada - Toll Free', '0.0140', ...tollFreeCodes, canadianTollFreeCode),
      to('United States & Canada', '0.0140', '1'),
    ],
  },
  {
    iso: 'CA',
    name: 'Canada',
    callingCode: '1',
    beta: false,
    hasAreaCodes: true,
    offers: [
      offer('Local', 7, canadaPlaces, '1.15', '0.0085', 'vsm'),
      offer('TollFree', 7, [anywhere(canadianTollFreeCode)], '2.15', '0.0220', 'v'),
    ],
    outbound: [to('United States & Canada', '0.0140', '1')],
  },
  {
    iso: 'GB',
    name: 'United Kingdom',
    callingCode: '44',
    beta: false,
    hasAreaCodes: false,
    offers: [
      offer(
        'Local',
        7,
        [
          city('44203', 'London', 'Greater London'),
          city('44161', 'Manchester', 'Greater Manchester'),
          city('44121', 'Birmingham', 'West Midlands'),
          city('44131', 'Edinburgh', 'Scotland'),
          city('44117', 'Bristol', 'Bristol'),
        ],
        '1.15',
        '0.0100',
        'v',
        'any',
      ),
      offer('Mobile', 7, [anywhere('44745', '44782')], '1.15', '0.0100', 'vs', 'any', 'bundle'),
      offer('National', 7, [anywhere('44330')], '1.15', '0.0100', 'v', 'any'),
      offer('TollFree', 7, [anywhere('44808')], '2.15', '0.0585', 'v', 'any'),
      offer('SharedCost', 7, [anywhere('44843')], '1.50', '0.0100', 'v', 'local'),
    ],
    outbound: [to('United Kingdom - Mobile', '0.0305', '447'), to('United Kingdom', '0.0158', '44')],
  },
  {
    iso: 'DE',
    name: 'Germany',
    callingCode: '49',
    beta: false,
    hasAreaCodes: false,
    offers: [
      offer(
        'Local',
        8,
        [
          city('4930', 'Berlin', 'Berlin'),
          city('4940', 'Hamburg', 'Hamburg'),
          city('4989', 'München', 'Bayern'),
          city('4969', 'Frankfurt', 'Hessen'),
        ],
        '1.15',
        '0.0100',
        'v',
        'local',
        'bundle',
      ),
      offer('Mobile', 7, [anywhere('491521', '491579')], '15.00', '0.0100', 'vs', 'any', 'bundle'),
      offer('National', 9, [anywhere('4932')], '1.15', '0.0100', 'v', 'any', 'bundle'),
      offer('TollFree', 7, [anywhere('49800')], '25.00', '0.1500', 'v', 'any', 'bundle'),
    ],
    outbound: [to('Germany - Mobile', '0.0440', '4915', '4916', '4917'), to('Germany', '0.0145', '49')],
  },
  {
    iso: 'FR',
    name: 'France',
    callingCode: '33',
    beta: false,
    hasAreaCodes: false,
    offers: [
      offer(
        'Local',
        6,
        [
          city('33184', 'Paris', 'Île-de-France'),
          city('33478', 'Lyon', 'Auvergne-Rhône-Alpes'),
          city('33491', 'Marseille', "Provence-Alpes-Côte d'Azur"),
        ],
        '1.15',
        '0.0100',
        'v',
        'local',
        'bundle',
      ),
      offer('Mobile', 7, [anywhere('3375', '3364')], '3.00', '0.0100', 'vs', 'any', 'bundle'),
      offer('National', 6, [anywhere('33970')], '1.15', '0.0100', 'v', 'any', 'bundle'),
      offer('TollFree', 6, [anywhere('33805')], '25.00', '0.1100', 'v', 'local', 'bundle'),
    ],
    outbound: [to('France - Mobile', '0.0250', '336', '337'), to('France', '0.0158', '33')],
  },
  ...theOthers(),
]

function theOthers(): Country[] {
  return [australia(), ireland(), netherlands(), hongKong()]
}

function australia(): Country {
  const cities = [
    city('61280', 'Sydney', 'New South Wales'),
    city('61390', 'Melbourne', 'Victoria'),
    city('61730', 'Brisbane', 'Queensland'),
    city('61860', 'Perth', 'Western Australia'),
  ]
  return {
    iso: 'AU',
    name: 'Australia',
    callingCode: '61',
    beta: false,
    hasAreaCodes: false,
    offers: [
      offer('Local', 6, cities, '3.00', '0.0100', 'v', 'any', 'bundle'),
      offer('Mobile', 6, [anywhere('61480', '61488')], '6.00', '0.0100', 'vsm', 'any', 'bundle'),
      offer('TollFree', 6, [anywhere('611800')], '16.00', '0.0550', 'v', 'local'),
    ],
    outbound: [to('Australia - Mobile', '0.0750', '614'), to('Australia', '0.0252', '61')],
  }
}

function ireland(): Country {
  return {
    iso: 'IE',
    name: 'Ireland',
    callingCode: '353',
    beta: false,
    hasAreaCodes: false,
    offers: [
      offer('Local', 6, [city('35315', 'Dublin', 'Leinster'), city('353214', 'Cork', 'Munster')], '1.50', '0.0100', 'v', 'local'),
      offer('National', 6, [anywhere('353818')], '1.50', '0.0100', 'v', 'foreign'),
      offer('TollFree', 6, [anywhere('3531800')], '25.00', '0.1300', 'v', 'any'),
    ],
    outbound: [to('Ireland - Mobile', '0.0680', '3538'), to('Ireland', '0.0215', '353')],
  }
}

function netherlands(): Country {
  return {
    iso: 'NL',
    name: 'Netherlands',
    callingCode: '31',
    beta: false,
    hasAreaCodes: false,
    offers: [
      offer(
        'Local',
        7,
        [city('3120', 'Amsterdam', 'Noord-Holland'), city('3110', 'Rotterdam', 'Zuid-Holland')],
        '1.50',
        '0.0100',
        'v',
        'local',
      ),
      offer('Mobile', 7, [anywhere('3168')], '6.00', '0.0100', 'vs', 'any'),
      offer('MachineToMachine', 8, [anywhere('31970')], '3.00', '0.0100', 's'),
      offer('Voip', 7, [anywhere('3185')], '1.00', '0.0100', 'v', 'any'),
      offer('TollFree', 7, [anywhere('31800')], '25.00', '0.1400', 'v', 'any'),
    ],
    outbound: [to('Netherlands - Mobile', '0.0430', '316'), to('Netherlands', '0.0173', '31')],
  }
}

function hongKong(): Country {
  return {
    iso: 'HK',
    name: 'Hong Kong',
    callingCode: '852',
    beta: true,
    hasAreaCodes: false,
    offers: [
      offer('Local', 6, [anywhere('85230')], '5.00', '0.0100', 'v', 'any'),
      offer('Mobile', 6, [anywhere('85264')], '15.00', '0.0100', 'vs', 'any', 'identity'),
    ],
    outbound: [to('Hong Kong', '0.0420', '852')],
  }
}
