import { expect, it } from 'vitest'
import { isOrigin } from './origin.ts'

it.each(['a', 'A-z_0', 'x'.repeat(64)])('takes %j', (text) => expect(isOrigin(text)).toBe(true))

it.each(['', 'x'.repeat(65), 'a b', 'a\n', 'é', 'a.b', 'a/b'])('takes no %j', (text) =>
  expect(isOrigin(text)).toBe(false),
)
