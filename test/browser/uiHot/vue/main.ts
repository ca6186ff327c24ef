import { createApp } from 'vue'
import Ticks from './Ticks.vue'

createApp(Ticks).mount(document.body)
