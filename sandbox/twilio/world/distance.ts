const earthRadiusMiles = 3958.8
const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** Miles between two points along a great circle (haversine). */
export function milesBetween(a: { latitude: number; longitude: number }, b: { latitude: number; longitude: number }): number {
  const [sinLatitude, sinLongitude] = [Math.sin(radians(b.latitude - a.latitude) / 2), Math.sin(radians(b.longitude - a.longitude) / 2)]
  const chord = sinLatitude ** 2 + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * sinLongitude ** 2
  return 2 * earthRadiusMiles * Math.asin(Math.sqrt(chord))
}
