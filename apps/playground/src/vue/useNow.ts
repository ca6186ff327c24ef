import { type ShallowRef, shallowRef, watch } from 'vue'

/** The time, four times a second while it is asked for. */
export function useNow(enabled: () => boolean): Readonly<ShallowRef<number>> {
  const now = shallowRef(Date.now())
  watch(
    enabled,
    (isEnabled, _, onCleanup) => {
      if (!isEnabled) return
      now.value = Date.now()
      const timer = setInterval(() => (now.value = Date.now()), 250)
      onCleanup(() => clearInterval(timer))
    },
    { immediate: true },
  )
  return now
}
