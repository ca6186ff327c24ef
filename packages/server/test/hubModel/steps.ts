import fc from 'fast-check'
import { CHANNELS } from './channels.ts'
import type { Setting, World } from './world.ts'

const FLOOD = 1025

const index = fc.nat({ max: 7 })
const reader = fc.nat({ max: 2 })
const size = fc.constantFrom(0, 0, 0, 50, 300, 1000)
const bytes = fc.oneof(fc.nat({ max: 700 }), fc.constant(Infinity))

/** What may happen in a run. Channels are told by their place in the run's list, readers by theirs in the world. */
interface Steps {
  publish: {
    channels: number[]
    except: string[]
    isTerminal: boolean
    key: string
    size: number
    count: number
  }
  /** More than a hand-off keeps of what it hears, if it takes any time. */
  flood: { channel: number }
  subscribe: { reader: number; channel: number; isFresh: boolean }
  unsubscribe: { reader: number; channel: number }
  rejoin: { reader: number; channel: number }
  open: { reader: number }
  read: { reader: number; bytes: number; ofNext: boolean }
  cut: { reader: number; bytes: number }
  /** Loses its response and misses so much, or forgets what it had, and comes back; then it reads the beginning. */
  comeBack: { reader: number; channel: number; count: number; size: number; bytes: number; isFresh: boolean }
  /** Comes back, to channels that nobody follows maybe, while the log is slow to tell what the feed has missed. */
  comeInLapse: { reader: number; channel: number; count: number; rounds: number }
  /** Leaves a channel and follows it again, so often. */
  fidget: { reader: number; channel: number; count: number }
  /** A change of a reader's set arrives once more. */
  repeat: { reader: number; index: number }
  /** The server learns of a reader that has left. */
  notice: { index: number }
  beat: { reader: number }
  permit: { reader: number; channel: number; isAllowed: boolean }
  /** Whether decisions are made at once from now on. */
  hesitate: { isPrompt: boolean }
  decide: { index: number }
  /** Whether the log answers at once from now on. */
  delay: { isPrompt: boolean }
  answer: { index: number }
  deliver: { count: number }
  lapse: {}
  lose: { index: number }
  duplicate: { index: number; later: number }
  restart: { isFeedLost: boolean }
  wait: { time: number }
  tick: {}
  turn: {}
}

/** One thing that happens. */
export type Step = { [K in keyof Steps]: { readonly kind: K } & Steps[K] }[keyof Steps]

const steps: { [K in keyof Steps]: fc.Arbitrary<Steps[K]> } = {
  publish: fc.record({
    channels: fc.uniqueArray(index, { minLength: 1, maxLength: 2 }),
    except: fc.constantFrom([], [], [], ['ann-1'], ['bob', 'cat']),
    isTerminal: fc.constantFrom(false, false, true),
    key: fc.constantFrom('a', 'b'),
    size,
    count: fc.constantFrom(1, 1, 1, 2, 5),
  }),
  subscribe: fc.record({ reader, channel: index, isFresh: fc.boolean() }),
  unsubscribe: fc.record({ reader, channel: index }),
  rejoin: fc.record({ reader, channel: index }),
  open: fc.record({ reader }),
  read: fc.record({ reader, bytes, ofNext: fc.boolean() }),
  cut: fc.record({ reader, bytes }),
  comeBack: fc.record({
    reader,
    channel: index,
    count: fc.nat({ max: 8 }),
    size,
    bytes: fc.nat({ max: 700 }),
    isFresh: fc.boolean(),
  }),
  comeInLapse: fc.record({
    reader,
    channel: index,
    count: fc.integer({ min: 1, max: 3 }),
    rounds: fc.integer({ min: 2, max: 12 }),
  }),
  fidget: fc.record({ reader, channel: index, count: fc.integer({ min: 1, max: 40 }) }),
  repeat: fc.record({ reader, index }),
  notice: fc.record({ index }),
  beat: fc.record({ reader }),
  permit: fc.record({ reader, channel: index, isAllowed: fc.boolean() }),
  hesitate: fc.record({ isPrompt: fc.boolean() }),
  decide: fc.record({ index }),
  delay: fc.record({ isPrompt: fc.boolean() }),
  answer: fc.record({ index }),
  deliver: fc.record({ count: fc.oneof(fc.nat({ max: 4 }), fc.constant(Infinity)) }),
  lapse: fc.record({}),
  lose: fc.record({ index }),
  duplicate: fc.record({ index, later: fc.nat({ max: 2 }) }),
  restart: fc.record({ isFeedLost: fc.boolean() }),
  flood: fc.record({ channel: index }),
  wait: fc.record({ time: fc.integer({ min: 1, max: 30 }) }),
  tick: fc.record({}),
  turn: fc.record({}),
}

const WEIGHTS: Record<keyof Steps, number> = {
  publish: 240,
  flood: 3,
  subscribe: 80,
  unsubscribe: 30,
  rejoin: 40,
  open: 56,
  read: 160,
  cut: 40,
  comeBack: 40,
  comeInLapse: 8,
  fidget: 8,
  repeat: 24,
  notice: 20,
  beat: 24,
  permit: 20,
  hesitate: 12,
  decide: 32,
  delay: 12,
  answer: 160,
  deliver: 56,
  lapse: 12,
  lose: 8,
  duplicate: 8,
  restart: 4,
  wait: 16,
  tick: 80,
  turn: 160,
}

export const step: fc.Arbitrary<Step> = fc.oneof(
  ...Object.entries(steps).map(([kind, values]) => ({
    weight: WEIGHTS[kind as keyof Steps],
    arbitrary: (values as fc.Arbitrary<object>).map((value) => ({ kind, ...value }) as Step),
  })),
)

export const setting: fc.Arbitrary<Setting> = fc.record({
  channels: fc.shuffledSubarray(Object.keys(CHANNELS), { minLength: 1, maxLength: 4 }),
  maxBufferSize: fc.constantFrom(400, 1500, 1_000_000),
  lowWaterMark: fc.constantFrom(1, 500, 65_536),
  maxSaidSize: fc.constantFrom(800, 2000, 1_000_000),
  maxHeard: fc.constantFrom(2, 1024),
  capacity: fc.constantFrom(1, 300, 100_000),
  pageSize: fc.constantFrom(1, 3, 256),
  isPrompt: fc.boolean(),
})

/** Makes one thing happen. */
export async function perform(world: World, step: Step): Promise<void> {
  const { channels } = world.setting
  const nameOf = (index: number): string => channels[index % channels.length] as string
  const readerOf = (index: number) => world.readers[index] as World['readers'][number]
  const publish = (count: number, size: number): void => {
    const names = 'channel' in step ? [nameOf(step.channel)] : []
    for (let n = 0; n < count; n++) world.publish({ channels: names, event: 'message', except: [], key: `${n}`, size })
  }
  world.trace?.(JSON.stringify(step))
  switch (step.kind) {
    case 'publish':
      for (let count = 0; count < step.count; count++) {
        const names = [...new Set(step.channels.map(nameOf))]
        world.publish({ ...step, channels: names, event: step.isTerminal ? 'over' : 'message' })
      }
      return
    case 'flood':
      for (let count = 0; count < FLOOD && !world.log.isPrompt; count++) {
        world.publish({ channels: [nameOf(step.channel)], event: 'message', except: [], key: 'a', size: 0 })
      }
      return
    case 'subscribe': {
      const it = readerOf(step.reader)
      if (it.options.isManaged) it.subscribe(nameOf(step.channel), step.isFresh)
      else it.begin(channels.slice(0, 2))
      return
    }
    case 'unsubscribe':
      return readerOf(step.reader).unsubscribe(nameOf(step.channel))
    case 'rejoin':
      return readerOf(step.reader).rejoin(nameOf(step.channel))
    case 'open':
      return readerOf(step.reader).open()
    case 'read':
      return readerOf(step.reader).read(step.bytes, step.ofNext)
    case 'repeat':
      return readerOf(step.reader).repeat(step.index)
    case 'cut':
      return readerOf(step.reader).cut(step.bytes)
    case 'comeBack': {
      const it = readerOf(step.reader)
      it.cut(0)
      if (step.isFresh) it.startOver(channels)
      publish(step.count, step.size)
      it.open()
      await world.turn()
      await world.turn()
      return it.read(step.bytes, false)
    }
    case 'comeInLapse': {
      const it = readerOf(step.reader)
      it.cut(0)
      world.noticeAll()
      it.startOver([nameOf(step.channel)])
      world.log.isPrompt = false
      world.log.lapse()
      it.open()
      for (let round = 0; round < step.rounds; round++) {
        await world.turn()
        world.log.overtake()
      }
      publish(step.count, 0)
      return world.log.deliver(Infinity)
    }
    case 'fidget':
      for (let count = 0; count < step.count; count++) {
        readerOf(step.reader).rejoin(nameOf(step.channel))
        await world.turn()
      }
      return
    case 'notice':
      return world.notice(step.index)
    case 'beat':
      return world.beat(readerOf(step.reader))
    case 'permit':
      return world.gatekeeper.permit(readerOf(step.reader).options.identity, nameOf(step.channel), step.isAllowed)
    case 'hesitate':
      world.gatekeeper.isPrompt = step.isPrompt
      return
    case 'decide':
      return world.gatekeeper.answer(step.index)
    case 'delay':
      world.log.isPrompt = step.isPrompt
      return
    case 'answer':
      return world.log.answer(step.index)
    case 'deliver':
      return world.log.deliver(step.count)
    case 'lapse':
      return world.log.toggleCut()
    case 'lose':
      // What a channel lost in silence shows by its next event, when others may have gone on already.
      if (channels.length === 1) world.log.lose(step.index)
      return
    case 'duplicate':
      return world.log.duplicate(step.index, step.later)
    case 'restart':
      return world.log.restart(step.isFeedLost)
    case 'wait':
      world.chronicle.time += step.time
      return
    case 'tick':
      return
    case 'turn':
      return world.turn()
  }
}
