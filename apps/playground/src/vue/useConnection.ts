import type { UseEventStreamReturn } from '@tidewire/vue'
import { computed, type ComputedRef } from 'vue'
import type { Connection } from '../shared/connection.ts'

/** The part of a stream's state that tells how its connection is, as one. */
export function useConnection(stream: Pick<UseEventStreamReturn, keyof Connection>): ComputedRef<Connection> {
  return computed(() => ({
    status: stream.status.value,
    attempt: stream.attempt.value,
    nextRetryAt: stream.nextRetryAt.value,
    closeReason: stream.closeReason.value,
    error: stream.error.value,
  }))
}
