import type { StandardSchema } from '@tidewire/protocol'

const schema = <O>(validate: StandardSchema<unknown, O>['~standard']['validate']): StandardSchema<unknown, O> => ({
  '~standard': { version: 1, vendor: 'test', validate },
})

/** Takes a number, or text that spells one, and gives the number. */
export const number: StandardSchema<unknown, number> = schema((value) =>
  Number.isNaN(Number(value ?? NaN)) ? { issues: [{ message: 'not a number' }] } : { value: Number(value) },
)

/** Decides later, which nobody waits for. */
export const later = (decide: () => Promise<{ value: number }>): StandardSchema<unknown, number> => schema(decide)

/** Fails instead of deciding. */
export const broken = (failure: Error): StandardSchema<unknown, number> =>
  schema(() => {
    throw failure
  })
