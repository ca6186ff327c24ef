import { describeValue } from '../describeValue.ts'
import type { PresenceSettings } from './channelPresence.ts'
import { expectKnown, type Known } from '../expectKnown.ts'
import type { SSEPresenceOptions } from './sseMember.ts'

const OPTIONS: Known<SSEPresenceOptions> = { info: true, leaveAfter: true, maxMembers: true }

/** Checks the option `presence` of a channel. Throws a `TypeError` that names what makes no sense in it. */
export function resolvePresence(presence: boolean | SSEPresenceOptions<never> = false): PresenceSettings | undefined {
  if (presence === false) return undefined
  if (presence !== true && (typeof presence !== 'object' || presence === null)) {
    throw unfit('presence', 'true, false or an object', presence)
  }
  expectKnown('the options of `presence`', presence === true ? {} : presence, OPTIONS)
  const { info, leaveAfter = 5_000, maxMembers = 100 } = presence === true ? {} : presence
  if (info !== undefined && typeof info !== 'function') throw unfit('presence.info', 'a function', info)
  if (!(typeof leaveAfter === 'number' && leaveAfter >= 0 && leaveAfter < 2 ** 31)) {
    throw unfit('presence.leaveAfter', 'a number of milliseconds that is not negative', leaveAfter)
  }
  if (!(typeof maxMembers === 'number' && maxMembers >= 0)) {
    throw unfit('presence.maxMembers', 'a number that is not negative', maxMembers)
  }
  return { info: info as PresenceSettings['info'], leaveAfter, maxMembers }
}

function unfit(option: string, expected: string, value: unknown): TypeError {
  return new TypeError(`Expected \`${option}\` to be ${expected}, got ${describeValue(value)}.`)
}
