/** Tells whether a value is a response: by its tag, since a framework may bring a class of its own. */
export function isResponse(value: unknown): value is Response {
  return Object.prototype.toString.call(value) === '[object Response]'
}
