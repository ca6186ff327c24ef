import { createApp } from 'vue'
import { keepOnMissedDrop } from '../shared/keepOnMissedDrop.ts'
import { keepOnRestart } from '../shared/keepOnRestart.ts'
import App from './App.vue'

keepOnRestart()
keepOnMissedDrop()
createApp(App).mount('#app')
