import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { syncQueryCache } from '@tidewire/vue/query'
import { createApp } from 'vue'
import { keepOnMissedDrop } from '../shared/keepOnMissedDrop.ts'
import { keepOnRestart } from '../shared/keepOnRestart.ts'
import { ordersClient } from '../shared/ordersQuery.ts'
import App from './App.vue'

keepOnRestart()
keepOnMissedDrop()
const queryClient = new QueryClient()
syncQueryCache(queryClient, ordersClient)
createApp(App).use(VueQueryPlugin, { queryClient }).mount('#app')
