import { readFile } from 'node:fs/promises'
import * as react from '@tidewire/react'
import * as reactQuery from '@tidewire/react/query'
import * as vue from '@tidewire/vue'
import * as vueQuery from '@tidewire/vue/query'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { effectScope, type MaybeRefOrGetter } from 'vue'

/** What one has and the other has not, with the reason. */
const exceptions = {
  react: {
    SSEProvider: 'A component hands a client down.',
    SSEProviderProps: 'Its properties.',
    UseErrorOptions: 'Of `throwOnError`.',
    UseSuspenseOptions: 'Of `suspense`.',
  },
  vue: {
    createSSE: 'A plugin hands a client down,',
    provideSSE: 'or a component in its setup.',
    ReactiveOptions: 'An option may be a ref or a getter.',
    Refs: 'A field is a ref.',
  },
}

/**
 * `suspense`: a Vue component connects when it is mounted, so its set-up cannot wait for an event. `throwOnError`: React takes into a boundary what is
 * thrown while rendering; in Vue, whoever wants that watches `error`. `initialData` and `lastEventId`, which both have, are read
 * once in Vue, in the set-up, as a component's set-up runs once.
 */
type OfReact = 'suspense' | 'throwOnError'

const without = (names: readonly string[], own: object) => names.filter((name) => !(name in own)).toSorted()

describe('React and Vue', () => {
  it('export the same', () => {
    expect(without(Object.keys(react), exceptions.react)).toEqual(without(Object.keys(vue), exceptions.vue))
    const names = [...Object.keys(react), ...Object.keys(vue)]
    for (const own of ['SSEProvider', 'createSSE', 'provideSSE']) expect(names).toContain(own)
  })

  it('export the same for a query cache', async () => {
    expect(Object.keys(reactQuery)).toEqual(Object.keys(vueQuery))
    const [ofReact, ofVue] = await Promise.all(['react', 'vue'].map((name) => typesOf(name, 'src/query/index.ts')))
    expect(ofReact).toEqual(ofVue)
  })

  it('export types of the same names', async () => {
    const [ofReact = [], ofVue = []] = await Promise.all(['react', 'vue'].map((name) => typesOf(name)))
    expect(without(ofReact, exceptions.react)).toEqual(without(ofVue, exceptions.vue))
    // Each exception is one.
    const known = [...ofReact, ...ofVue, ...Object.keys(react), ...Object.keys(vue)]
    expect(Object.keys({ ...exceptions.react, ...exceptions.vue }).filter((name) => !known.includes(name))).toEqual([])
  })

  it('take the same options', () => {
    expectTypeOf<Exclude<keyof react.UseEventStreamOptions, OfReact>>().toEqualTypeOf<keyof vue.UseEventStreamOptions>()
    expectTypeOf<Exclude<keyof react.UseSSEChannelOptions, OfReact>>().toEqualTypeOf<keyof vue.UseSSEChannelOptions>()
    expectTypeOf<Exclude<keyof react.UseProgressOptions, OfReact>>().toEqualTypeOf<keyof vue.UseProgressOptions>()
    expectTypeOf<Exclude<keyof react.UsePresenceOptions, OfReact>>().toEqualTypeOf<keyof vue.UsePresenceOptions>()
    expectTypeOf<keyof react.UseSSEStatusOptions>().toEqualTypeOf<keyof vue.UseSSEStatusOptions>()
    expectTypeOf<'suspense' extends keyof vue.UseEventStreamOptions ? 'both' : OfReact>().toEqualTypeOf<OfReact>()
  })

  it('take refs and getters in Vue for what is data, and for nothing that may be called', () => {
    type Same<A, B> = [A, B] extends [B, A] ? true : false
    type Differing<R, V> = keyof {
      [K in keyof R as K extends keyof V ? (Same<R[K], V[K]> extends true ? never : K) : never]: 1
    }
    type Reactive = Differing<react.UseEventStreamOptions, vue.UseEventStreamOptions>
    // Without `body`, which may be any object, so a ref too.
    expectTypeOf<Reactive>().toEqualTypeOf<
      | 'connectTimeout'
      | 'credentials'
      | 'enabled'
      | 'heartbeat'
      | 'lastEventId'
      | 'linger'
      | 'lostAfter'
      | 'maxBufferSize'
      | 'maxEventSize'
      | 'method'
      | 'pauseWhenHidden'
      | 'recent'
      | 'retry'
    >()
    expectTypeOf<vue.UseEventStreamOptions['enabled']>().toEqualTypeOf<MaybeRefOrGetter<boolean | undefined>>()
  })

  it('show the same', () => {
    const client = react.createSSEClient()
    const hooks = {
      useEventStream: ({ useEventStream }: typeof react) => useEventStream('/a'),
      useSSEChannel: ({ useSSEChannel }: typeof react) => useSSEChannel('a', { client }),
      useProgress: ({ useProgress }: typeof react) => useProgress('/a'),
      useSSEStatus: ({ useSSEStatus }: typeof react) => useSSEStatus({ client }),
      usePresence: ({ usePresence }: typeof react) => usePresence('a', { client }),
    }
    expect(Object.keys(hooks).toSorted()).toEqual(
      Object.keys(react)
        // It is the client itself that this one returns.
        .filter((name) => /^use[A-Z]/.test(name) && name !== 'useSSEClient')
        .toSorted(),
    )
    for (const [name, use] of Object.entries(hooks)) {
      const keys: string[][] = []
      const Page = () => {
        keys.push(Object.keys(use(react)).toSorted())
        return null
      }
      renderToString(createElement(Page))
      effectScope().run(() => keys.push(Object.keys(use(vue as never)).toSorted()))
      expect(keys[0], name).toEqual(keys[1])
    }
  })
})

/** The types that a package exports by name; those of the client are exported by both. */
async function typesOf(name: string, file = 'src/index.ts'): Promise<string[]> {
  const text = await readFile(new URL(`../../packages/${name}/${file}`, import.meta.url), 'utf8')
  return [...text.matchAll(/export type \{([^}]*)\}/g)].flatMap(([, names = '']) =>
    names.split(',').flatMap((name) => name.trim() || []),
  )
}
