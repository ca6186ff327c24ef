import type { SecureContextOptions, TlsOptions } from 'node:tls'

// TLS without a certificate: both ends know a key, so that no test needs a file, a tool or an expiry date.
const psk = Buffer.from('a key that only tests share')
const identity = 'test'
const suites: SecureContextOptions = { ciphers: 'PSK', maxVersion: 'TLSv1.2' }

export const serverTLS: TlsOptions = { ...suites, pskCallback: () => psk }

export const clientTLS = { ...suites, pskCallback: () => ({ psk, identity }), checkServerIdentity: () => undefined }
