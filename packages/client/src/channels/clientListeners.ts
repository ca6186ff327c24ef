import { forEachMember, subscription } from '../subscription.ts'
import type { SSEClientEvents } from './clientTypes.ts'

/** Who listens to what a client tells of its connection. */
export interface ClientListeners {
  on: <Name extends keyof SSEClientEvents>(name: Name, handler: SSEClientEvents[Name]) => () => void
  tell: <Name extends keyof SSEClientEvents>(name: Name, ...args: Parameters<SSEClientEvents[Name]>) => void
}

export function createClientListeners(): ClientListeners {
  const listeners: { [Name in keyof SSEClientEvents]: Set<SSEClientEvents[Name]> } = {
    connected: new Set(),
    disconnected: new Set(),
    reconnecting: new Set(),
    error: new Set(),
  }
  return {
    on: (name, handler) => subscription(listeners[name], handler),
    tell(name, ...args) {
      forEachMember(listeners[name] as Set<(...args: unknown[]) => void>, (listener) => listener(...args))
    },
  }
}
