/** Adds a query to a URL. */
export function withQuery(url: string, query: URLSearchParams): string {
  const whole = url.replace(/#.*/s, '')
  return `${whole}${whole.includes('?') ? '&' : '?'}${query}`
}
