console.log('vastrox')
