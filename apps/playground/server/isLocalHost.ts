/**
 * Whether a `Host` header names this machine, on any port. A page of another site can point its own name at this machine
 * (DNS rebinding); the name that it then asks for is not one of these.
 */
export function isLocalHost(host: string | undefined): boolean {
  return /^(?:(?:[\w-]+\.)*localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i.test(host ?? '')
}
