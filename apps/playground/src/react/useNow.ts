import { useEffect, useState } from 'react'

/** The time, four times a second while it is asked for. */
export function useNow(enabled: boolean): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!enabled) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [enabled])
  return now
}
