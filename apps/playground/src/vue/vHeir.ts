import type { ObjectDirective } from 'vue'

/** `v-heir` for a button that goes away: where it has the focus, it leaves it to another rather than to nobody. */
export const vHeir: ObjectDirective<HTMLElement, HTMLElement | null> = {
  beforeUnmount(element, { value: heir }) {
    if (document.activeElement === element) heir?.focus()
  },
}
