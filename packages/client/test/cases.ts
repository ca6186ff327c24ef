import { redirects, refused } from './cases/answers.ts'
import type { Case } from './cases/case.ts'
import { ends, large, posts, silent } from './cases/ends.ts'
import { positions, wire } from './cases/wire.ts'

/** Everything that a server can do wrong, and what comes of it: in Node, and in a browser. */
export const cases: readonly Case[] = [
  ...wire,
  ...positions,
  ...ends,
  ...silent,
  ...large,
  ...posts,
  ...refused,
  ...redirects,
]
