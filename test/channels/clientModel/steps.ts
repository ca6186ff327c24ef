import fc from 'fast-check'
import { turn } from './clock.ts'
import type { PostStep } from './wire.ts'
import type { Reaction, Setting, World } from './world.ts'

const channel = fc.nat({ max: 3 })
const index = fc.nat({ max: 7 })

/** What may happen in a run. */
interface Steps {
  publish: { channel: number; isEnd: boolean; count: number }
  subscribe: { channel: number; isReduced: boolean; reaction: Reaction }
  /** Begins where another part is. */
  follow: { index: number; isReduced: boolean }
  close: { index: number }
  open: { index: number }
  pause: { index: number }
  resume: { index: number }
  /** A component comes to a channel; it is put aside; it is shown again. */
  mount: { channel: number }
  aside: { index: number }
  back: { index: number }
  /** Pauses the client, or goes on. */
  rest: { isOver: boolean }
  reconnect: {}
  /** Whether everything arrives at once from now on. */
  pace: { isPrompt: boolean }
  deliver: { count: number; isTogether: boolean }
  change: { step: PostStep }
  cut: { after: number; isNoticed: boolean }
  repeat: {}
  swap: { index: number }
  revoke: { channel: number; isLasting: boolean }
  grant: { channel: number }
  renew: {}
  wait: { time: number }
  turn: {}
}

/** One thing that happens. */
export type Step = { [K in keyof Steps]: { readonly kind: K } & Steps[K] }[keyof Steps]

const steps: { [K in keyof Steps]: fc.Arbitrary<Steps[K]> } = {
  publish: fc.record({ channel, isEnd: fc.constantFrom(false, false, true), count: fc.constantFrom(1, 1, 1, 2, 4) }),
  subscribe: fc.record({
    channel,
    isReduced: fc.boolean(),
    reaction: fc.constantFrom(
      'none',
      'none',
      'none',
      'none',
      'close when open',
      'close at an event',
      'come back at an event',
      'bring another',
    ),
  }),
  follow: fc.record({ index, isReduced: fc.boolean() }),
  close: fc.record({ index }),
  open: fc.record({ index }),
  pause: fc.record({ index }),
  resume: fc.record({ index }),
  mount: fc.record({ channel }),
  aside: fc.record({ index }),
  back: fc.record({ index }),
  rest: fc.record({ isOver: fc.boolean() }),
  reconnect: fc.record({}),
  pace: fc.record({ isPrompt: fc.constantFrom(false, false, true) }),
  deliver: fc.record({ count: fc.integer({ min: 1, max: 4 }), isTogether: fc.boolean() }),
  change: fc.record({
    step: fc.constantFrom<PostStep[]>('take', 'take', 'answer', 'answer', 'answer', 'lose', 404, 503, 429),
  }),
  cut: fc.record({ after: fc.nat({ max: 4 }), isNoticed: fc.boolean() }),
  repeat: fc.record({}),
  swap: fc.record({ index }),
  revoke: fc.record({ channel, isLasting: fc.boolean() }),
  grant: fc.record({ channel }),
  renew: fc.record({}),
  wait: fc.record({ time: fc.integer({ min: 1, max: 60 }) }),
  turn: fc.record({}),
}

const WEIGHTS: Record<keyof Steps, number> = {
  publish: 24,
  subscribe: 16,
  follow: 1,
  close: 9,
  open: 2,
  pause: 2,
  resume: 3,
  mount: 3,
  aside: 4,
  back: 4,
  rest: 1,
  reconnect: 1,
  pace: 5,
  deliver: 24,
  change: 14,
  cut: 7,
  repeat: 3,
  swap: 5,
  revoke: 1,
  grant: 1,
  renew: 1,
  wait: 8,
  turn: 8,
}

export const step: fc.Arbitrary<Step> = fc.oneof(
  ...Object.entries(steps).map(([kind, values]) => ({
    weight: WEIGHTS[kind as keyof Steps],
    arbitrary: (values as fc.Arbitrary<object>).map((value) => ({ kind, ...value }) as Step),
  })),
)

export const setting: fc.Arbitrary<Setting> = fc.record({ linger: fc.constantFrom(0, 0, 40), isPrompt: fc.boolean() })

/** Makes one thing happen, and what follows from it without waiting. */
export async function perform(world: World, step: Step): Promise<void> {
  await act(world, step)
  for (let count = 0; count < 2; count++) {
    if (world.wire.isPrompt) world.wire.flush()
    // What has arrived is read.
    await turn()
  }
  world.check()
}

async function act(world: World, step: Step): Promise<void> {
  const { wire, client } = world
  switch (step.kind) {
    case 'publish':
      for (let count = 0; count < step.count; count++) {
        const facts = world.channel(step.channel)
        await world.publish(facts, step.isEnd && facts.name === 'over' && count === step.count - 1)
      }
      return
    case 'subscribe':
      return world.subscribe(world.channel(step.channel), step.isReduced, step.reaction)
    case 'follow': {
      const part = world.pick(step.index, ({ isIn }) => isIn)
      if (part) world.subscribe(part.facts, step.isReduced, 'none', part)
      return
    }
    case 'close':
      return world.pick(step.index, ({ subscription }) => subscription.status !== 'closed')?.close()
    case 'open':
      return world.pick(step.index, ({ subscription }) => subscription.closeReason === 'manual')?.open()
    case 'pause':
      return world.pick(step.index, ({ isIn }) => isIn)?.pause()
    case 'resume':
      return world.pick(step.index, ({ isPaused }) => isPaused)?.resume()
    case 'mount':
      return world.mount(world.channel(step.channel))
    case 'aside':
      return world.pickComponent(step.index, ({ isShown }) => isShown)?.putAside()
    case 'back':
      return world.pickComponent(step.index, ({ isShown }) => !isShown)?.show()
    case 'rest':
      return step.isOver ? client.resume() : client.pause()
    case 'reconnect':
      return client.reconnect()
    case 'pace':
      wire.isPrompt = step.isPrompt
      return
    case 'deliver':
      return wire.deliver(step.count, step.isTogether)
    case 'change':
      return wire.advance(step.step)
    case 'cut':
      await wire.cut(step.after)
      if (step.isNoticed) wire.notice()
      return
    case 'repeat':
      return wire.repeat()
    case 'swap':
      return wire.swap(step.index)
    case 'revoke':
      return world.revoke(world.channel(step.channel), step.isLasting)
    case 'grant':
      return world.grant(world.channel(step.channel))
    case 'renew':
      return world.renew()
    case 'wait':
      return world.clock.pass(step.time)
    case 'turn':
      return
  }
}
