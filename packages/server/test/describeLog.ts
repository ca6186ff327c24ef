import { describe, it } from 'vitest'
import * as testing from '../src/testing/index.ts'

/** States what every log behind a hub does, in Vitest. */
export function describeLog(name: string, openLog: Parameters<typeof testing.describeLog>[1]): void {
  testing.describeLog(name, openLog, { describe, it })
}

export type { LogPair } from '../src/testing/index.ts'
