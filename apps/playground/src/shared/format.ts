const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** Bytes for people: three figures (four from 1000 to 1023), in powers of 1024. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** power
  const digits = power === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2
  return `${value.toFixed(digits).replace(/\.0+$/, '')} ${UNITS[power]}`
}

/** Bytes with one digit after the point, always: for a value that changes in its place. */
export function formatMemory(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}

/** Bytes per second with three figures, always: for a value that changes in its place. */
export function formatRate(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(bytes) / 10)))
  const value = bytes / 1024 ** power
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2)} ${UNITS[power]}/s`
}

export function formatPercent(percent: number): string {
  return `${percent.toFixed(1)} %`
}

export function formatMillis(ms: number): string {
  return `${ms.toFixed(ms < 100 ? 2 : 0)} ms`
}

/** A time of day: `12:03:04`. */
export function formatClock(time: number): string {
  return new Date(time).toLocaleTimeString('en-GB')
}

/** A time to wait: `8 s`, `2 min 05 s`. */
export function formatWait(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}

/** A time that has passed: `0.8 s`, `2 min 05 s`. */
export function formatTook(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : formatWait(ms)
}

/** An amount for people, of cents: `1,290.00`. */
export function formatTotal(cents: number): string {
  return (cents / 100).toLocaleString('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
}
