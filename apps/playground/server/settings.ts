export interface Settings {
  port: number
  /** The largest file, in bytes. */
  maxUpload: number
  /** Where the directory of uploads is made; undefined for the system's own place. */
  uploadDirectory: string | undefined
  /** The file that keeps the orders from one start to the next; undefined for none. */
  ordersFile: string | undefined
  /** Whether a page changes when its source does. */
  isWatching: boolean
  /** The directory of a build of the pages; undefined to serve them from source. */
  buildDirectory: string | undefined
}

/** Reads the server's settings from the environment. Throws an error that names the variable. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  return {
    port: readInteger(env, 'PORT', 5173, 0, 65_535),
    maxUpload: readInteger(env, 'PLAYGROUND_MAX_UPLOAD', 2 ** 30, 1, Number.MAX_SAFE_INTEGER),
    uploadDirectory: env['PLAYGROUND_UPLOAD_DIR'] || undefined,
    ordersFile: env['PLAYGROUND_ORDERS_FILE'] || undefined,
    isWatching: env['PLAYGROUND_WATCH'] !== 'false',
    buildDirectory: env['PLAYGROUND_BUILD_DIR'] || undefined,
  }
}

function readInteger(env: NodeJS.ProcessEnv, name: string, preset: number, least: number, most: number): number {
  const text = env[name]
  if (!text) return preset
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new Error(`Expected ${name} to be a whole number from ${least} to ${most}, got ${JSON.stringify(text)}.`)
}
