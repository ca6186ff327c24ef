import { isChannelName } from './channelName.ts'
import { compilePattern, type CompiledPattern, type DecodedParams, isParam } from './channelPattern.ts'

/** What a {@link PatternMap} knows of a name. */
export interface PatternMatch<T> {
  readonly pattern: string
  readonly params: DecodedParams
  readonly value: T
}

/** A node of the tree of all patterns' segments. */
interface Node<T> {
  readonly texts: Map<string, Node<T>>
  param?: Node<T>
  leaf?: { readonly compiled: CompiledPattern; readonly value: T }
}

/**
 * Values by pattern, looked up by name.
 *
 * Where several patterns fit a name, they are compared segment by segment from the left, and text beats a parameter:
 * `users/me` beats `users/:id`, and `a/:x` beats `:x/b`.
 */
export class PatternMap<T> {
  readonly #root: Node<T> = { texts: new Map() }

  /** Adds a pattern. Throws a `TypeError` for a bad one, and for one that the same names fit as another. */
  set(pattern: string, value: T): void {
    const compiled = compilePattern(pattern)
    let node = this.#root
    for (const segment of compiled.segments) node = grow(node, segment)
    if (node.leaf) {
      const other = JSON.stringify(node.leaf.compiled.pattern)
      throw new TypeError(
        `Expected each channel's pattern to fit names of its own, got ${JSON.stringify(pattern)} after ${other}.`,
      )
    }
    node.leaf = { compiled, value }
  }

  /**
   * Finds the pattern that a name fits; undefined where none does, or it is no name.
   *
   * A name is a stranger's: the look-up visits no node twice, so that it costs at most as many steps as all patterns have
   * segments, whatever the name. It goes no deeper than the longest pattern.
   */
  get(name: string): PatternMatch<T> | undefined {
    if (!isChannelName(name)) return undefined
    const segments = name.split('/')
    const leaf = find(this.#root, segments, 0)
    return leaf && { pattern: leaf.compiled.pattern, params: leaf.compiled.decode(segments), value: leaf.value }
  }
}

function grow<T>(node: Node<T>, segment: string): Node<T> {
  if (isParam(segment)) return (node.param ??= { texts: new Map() })
  const child: Node<T> = node.texts.get(segment) ?? { texts: new Map() }
  node.texts.set(segment, child)
  return child
}

function find<T>(node: Node<T> | undefined, segments: readonly string[], depth: number): Node<T>['leaf'] {
  const segment = segments[depth]
  if (!node || segment === undefined) return node?.leaf
  return find(node.texts.get(segment), segments, depth + 1) ?? find(node.param, segments, depth + 1)
}
