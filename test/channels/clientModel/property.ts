import fc from 'fast-check'
import { perform, setting, step, type Step } from './steps.ts'
import { type Setting, World } from './world.ts'

/** Runs steps on a world, and expects everybody to have everything in the end. */
export async function run(setting: Setting, steps: readonly Step[], trace?: (line: string) => void): Promise<void> {
  const world = new World(setting)
  try {
    for (const step of steps) {
      trace?.(JSON.stringify(step))
      await perform(world, step)
      trace?.([...world.parts, ...world.components].map(({ log }) => log.join(' ')).join(' | '))
    }
    await world.expectAll()
  } finally {
    await world.close()
  }
}

/** Whatever happens, nothing is lost in silence, and nothing comes twice. */
export function modelProperty(): fc.IAsyncProperty<[Setting, Step[]]> {
  return fc.asyncProperty(setting, fc.array(step, { minLength: 5, maxLength: 80, size: 'max' }), (setting, steps) =>
    run(setting, steps),
  )
}
