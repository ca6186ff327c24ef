const DIGITS = /^-?\d+$/

/** A moment of ISO 8601, and its zone: in one zone, moments are ordered as texts are. */
const MOMENT = /^(\d{4}-\d\d-\d\d[T ][\d:.]+)(.*)$/

/**
 * Compares two versions of a row: above 0 where the first is later, NaN where one of them is missing. Throws a TypeError for what has no
 * order: a guess would let a row be old for ever, in silence.
 */
export function compareVersions(version: unknown, other: unknown): number {
  if (version == null || other == null) return NaN
  // A number in base 16 may have no letters.
  const areTexts = [version, other].some((one) => typeof one === 'string' && !DIGITS.test(one))
  const [order, kind] = orderOf(version, areTexts)
  const [otherOrder, otherKind] = orderOf(other, areTexts)
  if (kind !== otherKind) {
    throw new TypeError(`Expected versions with an order, got ${version as string} and ${other as string}.`)
  }
  return order > otherOrder ? 1 : order < otherOrder ? -1 : 0
}

/** By what a version is ordered among those of its kind. */
function orderOf(
  version: unknown,
  isText: boolean,
): readonly [order: string | number | bigint, kind?: string | number | undefined] {
  const order = (version as object).valueOf()
  if (typeof order !== 'string') return [order as number, typeof order === 'object' ? NaN : undefined]
  // As databases give numbers that JSON has no room for.
  if (!isText) return [BigInt(order)]
  const [, moment = order, zone = order.length] = MOMENT.exec(order) ?? []
  return [moment, zone]
}
