import { type Member, PRESENCE, type PresenceChange, type PresenceList } from '@tidewire/protocol'
import { parsePayload } from '../payload.ts'
import type { SSEPresence } from './clientTypes.ts'

/** The most members that are known by name. */
const MAX_MEMBERS = 10_000

/** Reads who is there; undefined where that makes no sense. It only shows something, and is not worth a connection. */
export function readPresence(text: string): PresenceList | PresenceChange | undefined {
  const news = Object(parsePayload(undefined, PRESENCE, text)) as Partial<PresenceList & PresenceChange>
  const { channel, count, members, joined, left } = news
  if (typeof channel !== 'string' || typeof count !== 'number') return undefined
  if (members !== undefined) return areMembers(members) ? { channel, count, members } : undefined
  return areMembers(joined) && Array.isArray(left) ? { channel, count, joined, left } : undefined
}

/** What is known of a channel's members after this news of them. PROTOCOL.md, 13.1. */
export function presenceAfter(known: SSEPresence | undefined, news: PresenceList | PresenceChange): SSEPresence {
  const { count } = news
  if ('members' in news) return { count, members: news.members.slice(0, MAX_MEMBERS) }
  const members = new Map<string, Member>(known?.members.map((member) => [member.id, member]))
  for (const id of news.left) members.delete(id)
  for (const member of news.joined) members.set(member.id, member)
  return { count, members: [...members.values()].slice(0, MAX_MEMBERS) }
}

function areMembers(value: unknown): value is readonly Member[] {
  return Array.isArray(value) && value.every((member) => typeof (Object(member) as Member).id === 'string')
}
