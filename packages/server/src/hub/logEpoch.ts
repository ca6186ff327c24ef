/** Makes a name for a life of a log, that none had before: 12 characters of base64url. */
export function logEpoch(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(9))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
}
