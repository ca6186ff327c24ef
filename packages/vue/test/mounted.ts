import { type App, createApp, defineComponent, effectScope, type EffectScope, h, type Plugin } from 'vue'

const apps = new Set<App>()
const scopes = new Set<EffectScope>()

/** Mounts a component whose setup returns what it renders. */
export function mount(setup: () => () => unknown, ...plugins: Plugin[]) {
  const element = document.createElement('main')
  const app = createApp(
    defineComponent({
      setup() {
        const render = setup()
        return () => h('div', render() as string)
      },
    }),
  )
  for (const plugin of plugins) app.use(plugin)
  apps.add(app)
  app.mount(element)
  return {
    element,
    unmount() {
      apps.delete(app)
      app.unmount()
    },
  }
}

/** Uses a composable in a scope of its own, as a store does. */
export function inScope<T>(use: () => T): T {
  const scope = effectScope()
  scopes.add(scope)
  return scope.run(use) as T
}

/** Unmounts all that is mounted, and stops every scope. */
export function leaveAll(): void {
  for (const app of apps) app.unmount()
  apps.clear()
  for (const scope of scopes) scope.stop()
  scopes.clear()
}
