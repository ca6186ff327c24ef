export {
  liveQueryOptions,
  readSnapshot,
  remove,
  removeById,
  syncQueryCache,
  tagSnapshot,
  upsertById,
} from '@tidewire/client/query'
export type * from '@tidewire/client/query'
export { useLiveStatus } from './useLiveStatus.ts'
