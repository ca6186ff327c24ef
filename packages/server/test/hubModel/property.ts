import fc from 'fast-check'
import { perform, setting, step, type Step } from './steps.ts'
import { type Setting, World } from './world.ts'

/** Runs steps on a world, and expects every reader to have all in the end. */
export async function run(setting: Setting, steps: readonly Step[], trace?: (line: string) => void): Promise<void> {
  const world = await World.open(setting)
  world.trace = trace
  try {
    for (const step of steps) {
      await perform(world, step)
      if (step.kind !== 'publish') await undefined
      world.check()
    }
    await world.expectAll()
  } finally {
    await world.close()
  }
}

/** Whatever happens, every reader is given what it was promised. */
export function modelProperty(): fc.IAsyncProperty<[Setting, Step[]]> {
  return fc.asyncProperty(setting, fc.array(step, { maxLength: 120, size: 'max' }), (setting, steps) =>
    run(setting, steps),
  )
}
