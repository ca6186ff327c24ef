/** A column: what it is called, its figures by contender, and whether each is shown as a multiple of the first one too. */
export type Column = readonly [title: string, figure: (name: string) => number | undefined, isCompared?: boolean]

/** Prints the figures of all contenders side by side. Leaves out what was not measured. */
export function printTable(title: string, names: readonly string[], columns: readonly Column[]): void {
  const shown = columns.filter(([, figure]) => names.some((name) => figure(name) !== undefined))
  if (shown.length === 0) return
  console.log(
    `\n${title}\n${row(
      'contender',
      shown.map(([head]) => head),
    )}`,
  )
  for (const name of names) {
    const cells = shown.map(([, figure, isCompared]) => {
      const value = figure(name)
      const first = figure(names[0] ?? '')
      if (!isCompared || value === undefined || !first) return format(value)
      return `${format(value)} ${(value / first).toFixed(2).padStart(6)}x`
    })
    console.log(row(name, cells))
  }
}

function row(name: string, cells: readonly string[]): string {
  return name.padEnd(20) + cells.map((cell) => cell.padStart(18)).join('')
}

function format(value: number | undefined): string {
  if (value === undefined) return '-'
  return value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0)
}
