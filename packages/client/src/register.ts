import type { Contract } from '@tidewire/protocol'

/**
 * Where an application says once which channels there are, for every hook and composable.
 *
 * @example
 * declare module '@tidewire/react' {
 *   interface Register {
 *     channels: typeof channels
 *   }
 * }
 */
export interface Register {}

/** The contract that was registered; any channels, where none was. */
export type RegisteredContract = Register extends { channels: infer C } ? C : Contract
