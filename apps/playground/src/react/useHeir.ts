import { type RefCallback, type RefObject, useCallback } from 'react'

/** A `ref` for a button that goes away: where it has the focus, it leaves it to another rather than to nobody. */
export function useHeir(heir: RefObject<HTMLElement | null>): RefCallback<HTMLElement> {
  return useCallback(
    (element) => () => {
      if (document.activeElement === element) heir.current?.focus()
    },
    [heir],
  )
}
