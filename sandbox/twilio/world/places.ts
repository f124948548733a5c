import type { Place } from './types.ts'

/** Area codes, city, state or province, first postal code, latitude, longitude, LATA. A rate center is named after its city. */
type NorthAmerican = [
  prefixes: string,
  locality: string,
  region: string,
  postalCode: string,
  latitude: number,
  longitude: number,
  lata: string,
]

const unitedStates: NorthAmerican[] = [
  ['212 646 917 332', 'New York', 'NY', '10001', 40.7143, -74.006, '132'],
  ['718 347', 'Brooklyn', 'NY', '11201', 40.6782, -73.9442, '132'],
  ['310 424', 'Beverly Hills', 'CA', '90210', 34.0736, -118.4004, '730'],
  ['213 323', 'Los Angeles', 'CA', '90012', 34.0522, -118.2437, '730'],
  ['415 628', 'San Francisco', 'CA', '94102', 37.7749, -122.4194, '722'],
  ['510 341', 'Oakland', 'CA', '94607', 37.8044, -122.2712, '722'],
  ['408 669', 'San Jose', 'CA', '95110', 37.3382, -121.8863, '722'],
  ['650', 'Palo Alto', 'CA', '94301', 37.4419, -122.143, '722'],
  ['619', 'San Diego', 'CA', '92101', 32.7157, -117.1611, '732'],
  ['312 773 872', 'Chicago', 'IL', '60601', 41.8781, -87.6298, '358'],
  ['206', 'Seattle', 'WA', '98101', 47.6062, -122.3321, '674'],
  ['503 971', 'Portland', 'OR', '97201', 45.5152, -122.6784, '672'],
  ['512 737', 'Austin', 'TX', '78701', 30.2672, -97.7431, '558'],
  ['713 281', 'Houston', 'TX', '77002', 29.7604, -95.3698, '560'],
  ['214 972', 'Dallas', 'TX', '75201', 32.7767, -96.797, '552'],
  ['617 857', 'Boston', 'MA', '02108', 42.3601, -71.0589, '128'],
  ['305 786', 'Miami', 'FL', '33101', 25.7617, -80.1918, '460'],
  ['407', 'Orlando', 'FL', '32801', 28.5383, -81.3792, '458'],
  ['702 725', 'Las Vegas', 'NV', '89101', 36.1699, -115.1398, '721'],
  ['404 470', 'Atlanta', 'GA', '30303', 33.749, -84.388, '438'],
  ['303 720', 'Denver', 'CO', '80202', 39.7392, -104.9903, '656'],
  ['602', 'Phoenix', 'AZ', '85003', 33.4484, -112.074, '666'],
  ['215 267', 'Philadelphia', 'PA', '19102', 39.9526, -75.1652, '228'],
  ['412', 'Pittsburgh', 'PA', '15222', 40.4406, -79.9959, '234'],
  ['202', 'Washington', 'DC', '20001', 38.9072, -77.0369, '236'],
  ['504', 'New Orleans', 'LA', '70112', 29.9511, -90.0715, '490'],
  ['615', 'Nashville', 'TN', '37201', 36.1627, -86.7816, '470'],
  ['612', 'Minneapolis', 'MN', '55401', 44.9778, -93.265, '628'],
  ['313', 'Detroit', 'MI', '48226', 42.3314, -83.0458, '340'],
  ['216', 'Cleveland', 'OH', '44113', 41.4993, -81.6944, '320'],
  ['314', 'St. Louis', 'MO', '63101', 38.627, -90.1994, '520'],
  ['816', 'Kansas City', 'MO', '64105', 39.0997, -94.5786, '524'],
  ['801', 'Salt Lake City', 'UT', '84101', 40.7608, -111.891, '660'],
  ['919', 'Raleigh', 'NC', '27601', 35.7796, -78.6382, '426'],
  ['704', 'Charlotte', 'NC', '28202', 35.2271, -80.8431, '422'],
  ['808', 'Hilo', 'HI', '96720', 19.72, -155.09, '834'],
  ['907', 'Anchorage', 'AK', '99501', 61.2181, -149.9003, '832'],
]

const canada: NorthAmerican[] = [
  ['416 647 437', 'Toronto', 'ON', 'M5H 2N2', 43.6532, -79.3832, '888'],
  ['613 343', 'Ottawa', 'ON', 'K1P 5G3', 45.4215, -75.6972, '888'],
  ['514 438', 'Montréal', 'QC', 'H3B 1A7', 45.5017, -73.5673, '888'],
  ['418', 'Québec', 'QC', 'G1R 2L3', 46.8139, -71.208, '888'],
  ['604 778', 'Vancouver', 'BC', 'V6B 1A1', 49.2827, -123.1207, '888'],
  ['403 587', 'Calgary', 'AB', 'T2P 2M5', 51.0447, -114.0719, '888'],
  ['780', 'Edmonton', 'AB', 'T5J 2R7', 53.5461, -113.4938, '888'],
  ['204', 'Winnipeg', 'MB', 'R3C 1A5', 49.8951, -97.1384, '888'],
  ['902', 'Halifax', 'NS', 'B3J 1S9', 44.6488, -63.5752, '888'],
]

function northAmerican([codes, locality, region, postalCode, latitude, longitude, lata]: NorthAmerican): Place {
  const rateCenter = locality
    .normalize('NFD')
    .replaceAll(/[^A-Za-z ]/g, '')
    .toUpperCase()
    .replaceAll(' ', '')
    .slice(0, 10)
  return { prefixes: codes.split(' ').map((code) => `1${code}`), locality, region, postalCode, latitude, longitude, rateCenter, lata }
}

/** Cities of the United States and Canada, with their area codes. */
export const unitedStatesPlaces = unitedStates.map(northAmerican)
export const canadaPlaces = canada.map(northAmerican)

/** A city elsewhere: Twilio tells its name and region, no coordinates and no rate center. */
export const city = (prefix: string, locality: string, region: string | null): Place => ({ ...anywhere(prefix), locality, region })

/** Numbers that belong to no place. */
export const anywhere = (...prefixes: string[]): Place => ({
  prefixes,
  locality: null,
  region: null,
  postalCode: null,
  latitude: null,
  longitude: null,
  rateCenter: null,
  lata: null,
})
