const versions = new WeakMap<Element, number>()

/** Lights a row up for a moment when it has another version than the one that was shown in it. */
export function flash(row: HTMLElement | null, version: number): void {
  if (!row) return
  const before = versions.get(row) ?? version
  versions.set(row, version)
  if (before === version || matchMedia('(prefers-reduced-motion: reduce)').matches) return
  row.animate({ backgroundColor: ['var(--accent-wash)', 'transparent'] }, { duration: 1600, easing: 'ease-out' })
}
